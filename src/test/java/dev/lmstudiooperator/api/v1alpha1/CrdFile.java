package dev.lmstudiooperator.api.v1alpha1;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads a CRD file. Tests run in the project directory. */
record CrdFile(CustomResourceDefinition definition) {

    static List<CrdFile> all() {
        return Stream.of("managedmodels", "managedmodelsets", "lmstudionodes")
                .map(CrdFile::read)
                .toList();
    }

    private static CrdFile read(String plural) {
        Path file = Path.of("crds", plural + ".lmstudio-operator.dev-v1.yml");
        try {
            return new CrdFile(Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String kind() {
        return definition.getSpec().getNames().getKind();
    }

    CustomResourceDefinitionVersion version() {
        return definition.getSpec().getVersions().getFirst();
    }

    JSONSchemaProps root() {
        return version().getSchema().getOpenAPIV3Schema();
    }

    /** The spec, the status, and every object in them; each object precedes its fields. */
    List<SchemaObject> objects() {
        return Stream.of("spec", "status")
                .flatMap(part ->
                        objectsIn(part, requireNonNull(root().getProperties().get(part))))
                .toList();
    }

    private static Stream<SchemaObject> objectsIn(String path, JSONSchemaProps schema) {
        Stream<SchemaObject> inner = schema.getProperties().entrySet().stream()
                .filter(field -> !structure(field.getValue()).getProperties().isEmpty())
                .flatMap(field -> objectsIn(
                        path + "." + field.getKey() + (isList(field.getValue()) ? "[]" : ""),
                        structure(field.getValue())));
        return Stream.concat(Stream.of(new SchemaObject(path, schema)), inner);
    }

    /** The schema itself, or the element schema of a list. */
    static JSONSchemaProps structure(JSONSchemaProps schema) {
        return isList(schema) ? schema.getItems().getSchema() : schema;
    }

    static boolean isList(JSONSchemaProps schema) {
        return "array".equals(schema.getType());
    }

    /** An object of the schema, and its path. */
    record SchemaObject(String path, JSONSchemaProps schema) {

        Map<String, JSONSchemaProps> fields() {
            return schema.getProperties();
        }

        boolean requires(String field) {
            return schema.getRequired().contains(field);
        }
    }
}
