package dev.lmstudiooperator.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigValidatorTest {

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
