package dev.lmstudiooperator.releases;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules for changes of a field within its API version. */
final class SchemaRules {

    static final List<SchemaRule> ALL = List.of(
            SchemaRules::fieldRemoved,
            SchemaRules::typeChanged,
            SchemaRules::listMergedInAnotherWay,
            SchemaRules::enumNarrowed,
            SchemaRules::requiredAdded,
            SchemaRules::defaultChanged,
            SchemaRules::patternChanged,
            SchemaRules::boundTightened,
            SchemaRules::celRuleAdded);

    private static final List<Bound> BOUNDS = List.of(
            Bound.lower("minimum", JSONSchemaProps::getMinimum),
            Bound.lower("minLength", JSONSchemaProps::getMinLength),
            Bound.lower("minItems", JSONSchemaProps::getMinItems),
            Bound.lower("minProperties", JSONSchemaProps::getMinProperties),
            Bound.upper("maximum", JSONSchemaProps::getMaximum),
            Bound.upper("maxLength", JSONSchemaProps::getMaxLength),
            Bound.upper("maxItems", JSONSchemaProps::getMaxItems),
            Bound.upper("maxProperties", JSONSchemaProps::getMaxProperties));

    private SchemaRules() {}

    private static Stream<String> fieldRemoved(JSONSchemaProps before, JSONSchemaProps after) {
        return before.getProperties().keySet().stream()
                .filter(name -> !after.getProperties().containsKey(name))
                .map(name -> "field %s removed".formatted(name));
    }

    private static Stream<String> typeChanged(JSONSchemaProps before, JSONSchemaProps after) {
        return differ("type", before.getType(), after.getType(), before.getFormat(), after.getFormat());
    }

    /** Field managers own the elements of a map by key, and any other list as a whole. */
    private static Stream<String> listMergedInAnotherWay(JSONSchemaProps before, JSONSchemaProps after) {
        return differ(
                "list type",
                before.getXKubernetesListType(),
                after.getXKubernetesListType(),
                before.getXKubernetesListMapKeys(),
                after.getXKubernetesListMapKeys());
    }

    private static Stream<String> enumNarrowed(JSONSchemaProps before, JSONSchemaProps after) {
        if (after.getEnum().isEmpty()) {
            return Stream.empty();
        }
        return before.getEnum().isEmpty()
                ? Stream.of("enum added")
                : before.getEnum().stream()
                        .filter(word -> !after.getEnum().contains(word))
                        .map(word -> "enum no longer has %s".formatted(word.asText()));
    }

    /** A new required field with a default does not break existing manifests. */
    private static Stream<String> requiredAdded(JSONSchemaProps before, JSONSchemaProps after) {
        return after.getRequired().stream()
                .filter(name -> !before.getRequired().contains(name))
                .filter(name -> Optional.ofNullable(after.getProperties().get(name))
                        .map(JSONSchemaProps::getDefault)
                        .isEmpty())
                .map(name -> "field %s is required now".formatted(name));
    }

    private static Stream<String> defaultChanged(JSONSchemaProps before, JSONSchemaProps after) {
        @Nullable JsonNode was = before.getDefault();
        @Nullable JsonNode is = after.getDefault();
        return Objects.equals(was, is) ? Stream.empty() : Stream.of("default changed from %s to %s".formatted(was, is));
    }

    /** It is not decidable which of two patterns allows more. */
    private static Stream<String> patternChanged(JSONSchemaProps before, JSONSchemaProps after) {
        return after.getPattern() == null ? Stream.empty() : differ("pattern", before.getPattern(), after.getPattern());
    }

    private static Stream<String> boundTightened(JSONSchemaProps before, JSONSchemaProps after) {
        return BOUNDS.stream().flatMap(bound -> bound.tightened(before, after).stream());
    }

    /** A rule of the form {@code (old) || new} allows everything that the old rule allowed. */
    private static Stream<String> celRuleAdded(JSONSchemaProps before, JSONSchemaProps after) {
        List<String> rules = rules(before);
        return rules(after).stream()
                .filter(rule ->
                        rules.stream().noneMatch(old -> rule.equals(old) || rule.startsWith("(" + old + ") || ")))
                .map(rule -> "CEL rule added: %s".formatted(rule));
    }

    private static List<String> rules(JSONSchemaProps schema) {
        return schema.getXKubernetesValidations().stream()
                .map(ValidationRule::getRule)
                .toList();
    }

    /** Compares pairs: before, after, before, after. */
    private static Stream<String> differ(String name, @Nullable Object... pairs) {
        return Stream.iterate(0, i -> i < pairs.length, i -> i + 2)
                .filter(i -> !Objects.equals(pairs[i], pairs[i + 1]))
                .map(i -> "%s changed from %s to %s".formatted(name, pairs[i], pairs[i + 1]));
    }
}
