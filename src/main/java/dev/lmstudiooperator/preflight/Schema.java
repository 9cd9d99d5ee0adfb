package dev.lmstudiooperator.preflight;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/**
 * Fields of spec and status that a CustomResourceDefinition of ManagedModel declares.
 *
 * @param fields their paths, such as {@code status.verification.result}
 */
record Schema(Set<String> fields) {

    private static final String FILE = "/META-INF/crds/managedmodels.lmstudio-operator.dev-v1.yml";

    /** The fields that this release reads and writes. */
    static Schema ofThisRelease() {
        try (InputStream file = requireNonNull(Schema.class.getResourceAsStream(FILE), FILE)) {
            JsonNode definition = Serialization.unmarshal(file, JsonNode.class);
            return of(definition.at("/spec/versions/0/schema/openAPIV3Schema"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The fields that the API server serves to every authenticated client; empty if it does not serve ManagedModels. */
    static Optional<Schema> served(String openApiDocument) throws IOException {
        JsonNode schemas = new ObjectMapper().readTree(openApiDocument).at("/components/schemas");
        return StreamSupport.stream(schemas.spliterator(), false)
                .filter(schema -> schema.path("x-kubernetes-group-version-kind")
                        .path(0)
                        .path("kind")
                        .asText()
                        .equals(ManagedModel.class.getSimpleName()))
                .findFirst()
                .map(Schema::of);
    }

    Set<String> missingIn(Schema other) {
        Set<String> missing = new TreeSet<>(fields);
        missing.removeAll(other.fields);
        return missing;
    }

    private static Schema of(JsonNode schema) {
        Set<String> fields = new TreeSet<>();
        collect(schema.at("/properties/spec"), "spec", fields);
        collect(schema.at("/properties/status"), "status", fields);
        return new Schema(fields);
    }

    private static void collect(JsonNode schema, String path, Set<String> fields) {
        fields.add(path);
        JsonNode content = schema.has("items") ? schema.path("items") : schema;
        for (Map.Entry<String, JsonNode> property : content.path("properties").properties()) {
            collect(property.getValue(), path + "." + property.getKey(), fields);
        }
    }
}
