package dev.lmstudiooperator.config;

import io.smallrye.config.WithDefault;
import io.smallrye.config.common.utils.StringUtil;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One property of {@link OperatorConfig}.
 *
 * @param isOptional whether it may be omitted
 * @param isMap whether its name is a prefix for names that the user chooses
 */
record ConfigProperty(
        String name,
        boolean isOptional,
        boolean isMap,
        @Nullable String defaultValue,
        ValueConstraint allowed) {

    static final String PREFIX = "lmstudio-operator";

    /** All properties, sorted by name. */
    static List<ConfigProperty> all() {
        return in(OperatorConfig.class, PREFIX)
                .sorted(Comparator.comparing(ConfigProperty::name))
                .toList();
    }

    private static Stream<ConfigProperty> in(Class<?> group, String prefix) {
        return Stream.of(group.getMethods()).flatMap(method -> {
            String name = prefix + "." + StringUtil.skewer(method.getName());
            Class<?> type = method.getReturnType();
            boolean isGroup = type.isInterface() && type.getNestHost() == OperatorConfig.class;
            return isGroup ? in(type, name) : Stream.of(of(method, type, name));
        });
    }

    private static ConfigProperty of(Method method, Class<?> type, String name) {
        WithDefault byDefault = method.getAnnotation(WithDefault.class);
        boolean isOptional = type == Optional.class;
        return new ConfigProperty(
                name,
                isOptional,
                type == Map.class,
                byDefault == null ? null : byDefault.value(),
                isOptional
                        ? ofContent((AnnotatedParameterizedType) method.getAnnotatedReturnType())
                        : ValueConstraint.by(type, method));
    }

    private static ValueConstraint ofContent(AnnotatedParameterizedType optional) {
        AnnotatedType content = optional.getAnnotatedActualTypeArguments()[0];
        Class<?> type = content.getType() instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : (Class<?>) content.getType();
        return ValueConstraint.by(type, content);
    }

    boolean covers(String property) {
        return isMap ? property.startsWith(name + ".") : property.equals(name);
    }

    String variable() {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    boolean coversVariable(String variable) {
        return isMap ? variable.startsWith(variable() + "_") : variable.equals(variable());
    }
}
