package dev.lmstudiooperator.releases;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Optional;
import java.util.function.Function;

/** A numeric bound of a value or of its length. */
record Bound(String name, Function<JSONSchemaProps, ? extends Number> value, boolean isLower) {

    static Bound lower(String name, Function<JSONSchemaProps, ? extends Number> value) {
        return new Bound(name, value, true);
    }

    static Bound upper(String name, Function<JSONSchemaProps, ? extends Number> value) {
        return new Bound(name, value, false);
    }

    /** Describes a bound that rejects values that were valid before. */
    Optional<String> tightened(JSONSchemaProps before, JSONSchemaProps after) {
        Optional<Number> was = in(before);
        return in(after)
                .filter(is ->
                        was.isEmpty() || isTighter(is.doubleValue(), was.get().doubleValue()))
                .map(is -> "%s tightened from %s to %s"
                        .formatted(name, was.map(Number::toString).orElse("none"), is));
    }

    private boolean isTighter(double is, double was) {
        return isLower ? is > was : is < was;
    }

    private Optional<Number> in(JSONSchemaProps schema) {
        return Optional.ofNullable(value.apply(schema));
    }
}
