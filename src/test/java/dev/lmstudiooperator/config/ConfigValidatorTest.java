package dev.lmstudiooperator.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.validation.Constraint;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigValidatorTest {

    /** No other validator runs. */
    @Test
    void everyConstraintIsOneThatIsChecked() {
        assertThat(constraints(OperatorConfig.class))
                .containsOnly(Max.class, Min.class, Pattern.class, Size.class, DurationMax.class, DurationMin.class);
    }

    private static Set<Class<?>> constraints(Class<?> group) {
        return Stream.of(group.getMethods())
                .flatMap(method -> method.getReturnType().isInterface()
                                && method.getReturnType().getNestHost() == OperatorConfig.class
                        ? constraints(method.getReturnType()).stream()
                        : Stream.concat(
                                        Stream.of(method.getAnnotations()),
                                        method.getAnnotatedReturnType() instanceof AnnotatedParameterizedType generic
                                                ? Stream.of(generic.getAnnotatedActualTypeArguments())
                                                        .flatMap(type -> Stream.of(type.getAnnotations()))
                                                : Stream.empty())
                                .<Class<?>>map(Annotation::annotationType)
                                .filter(type -> type.isAnnotationPresent(Constraint.class)))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://127.0.0.1:1234", "http://127.0.0.1:1234/", "https://gpu-1.example.org", "http://[::1]:1"
            })
    void addressOfAServerIsAllowed(String url) {
        assertThat(mistakes(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:1234/v1",
                "http://127.0.0.1:1234/api/v1/",
                "https://gpu-1.example.org/lms",
                "http://h//"
            })
    void addressWithAPathIsRefusedWithWhatToWrite(String url) {
        assertThat(mistakes(url))
                .containsExactly(
                        "lmstudio-operator.http.url is \"%s\"; allowed is http or https, host and port, such as http://127.0.0.1:1234, without path, user, query and fragment"
                                .formatted(url));
    }

    private static List<String> mistakes(String url) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withDefaultValue("user.home", "/home/u")
                .withDefaultValue("java.io.tmpdir", "/tmp")
                .withSources(new PropertiesConfigSource(Map.of("lmstudio-operator.http.url", url), "test", 500));
        return ConfigValidator.mistakes(builder, Set.of());
    }
}
