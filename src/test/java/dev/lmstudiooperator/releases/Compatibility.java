package dev.lmstudiooperator.releases;

import static dev.lmstudiooperator.releases.TypeRules.version;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds breaking changes for objects, manifests and scripts of the older of two CRDs. Breaking changes require a new
 * API version beside the existing one.
 */
final class Compatibility {

    private Compatibility() {}

    static List<String> breaches(CustomResourceDefinition before, CustomResourceDefinition after) {
        Stream<String> ofType = TypeRules.ALL.stream().flatMap(rule -> rule.apply(before, after));
        Stream<String> ofSchemas = before.getSpec().getVersions().stream()
                .flatMap(older -> version(after, older.getName()).stream()
                        .flatMap(newer -> breaches(older.getName(), schema(older), schema(newer))));
        return Stream.concat(ofType, ofSchemas).toList();
    }

    /** Breaking changes of this field, and of all fields below it that both versions have. */
    private static Stream<String> breaches(String path, JSONSchemaProps before, JSONSchemaProps after) {
        Stream<String> here = SchemaRules.ALL.stream()
                .flatMap(rule -> rule.breaches(before, after))
                .map(breach -> path + ": " + breach);
        Stream<String> below = before.getProperties().entrySet().stream()
                .flatMap(field -> Optional.ofNullable(after.getProperties().get(field.getKey())).stream()
                        .flatMap(other -> breaches(path + "." + field.getKey(), field.getValue(), other)));
        Stream<String> elements =
                elements(before).flatMap(element -> elements(after).map(other -> Map.entry(element, other))).stream()
                        .flatMap(pair -> breaches(path + "[]", pair.getKey(), pair.getValue()));
        return Stream.of(here, below, elements).flatMap(stream -> stream);
    }

    /** The element schema of a list or of a map. */
    private static Optional<JSONSchemaProps> elements(JSONSchemaProps schema) {
        return Optional.ofNullable(schema.getItems())
                .map(items -> items.getSchema())
                .or(() -> Optional.ofNullable(schema.getAdditionalProperties()).map(values -> values.getSchema()));
    }

    private static JSONSchemaProps schema(CustomResourceDefinitionVersion version) {
        return version.getSchema().getOpenAPIV3Schema();
    }
}
