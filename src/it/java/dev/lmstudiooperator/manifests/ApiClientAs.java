package dev.lmstudiooperator.manifests;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests for objects of one kind as one account. The content is YAML: metadata in flow style without the
 * braces, and the rest of the object as lines.
 */
record ApiClientAs<T extends HasMetadata>(
        KubernetesClient client, Class<T> type, @Nullable String namespace) {

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("restriction-test")
            .withForce(true)
            .build();

    Resource<T> find(String name) {
        var resources = client.resources(type);
        return namespace == null
                ? resources.withName(name)
                : resources.inNamespace(namespace).withName(name);
    }

    /** Returns the name of the object, which the API server can generate. */
    String create(String metadata, String rest) {
        return client.resource(object(metadata, rest)).create().getMetadata().getName();
    }

    void apply(String name, String metadata, String rest) {
        client.resource(object("name: " + name + ", " + metadata, rest)).patch(APPLY);
    }

    void applyStatus(String name, String status) {
        client.resource(object("name: " + name, "status: " + status))
                .subresource("status")
                .patch(APPLY);
    }

    void patch(String name, String change) {
        find(name).patch(PatchContext.of(PatchType.JSON_MERGE), json(change));
    }

    void patchStatus(String name, String change) {
        find(name).subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), json(change));
    }

    void delete(String name) {
        find(name).delete();
    }

    private T object(String metadata, String rest) {
        String where = namespace == null ? "" : "namespace: " + namespace + ", ";
        return Serialization.unmarshal(
                """
                apiVersion: %s
                kind: %s
                metadata: {%s%s}
                %s
                """.formatted(HasMetadata.getApiVersion(type), HasMetadata.getKind(type), where, metadata, rest), type);
    }

    private static String json(String yaml) {
        // Without the marker, a text that begins with a brace is parsed as JSON.
        return Serialization.asJson(Serialization.unmarshal("--- " + yaml, Object.class));
    }
}
