package dev.lmstudiooperator.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Fields that the API server's definition of a type lacks, as while the types are older than the operator. In an update they
 * would be left out; a server-side apply that has one is refused as a whole, and a status would go on telling what was.
 */
public final class UndeclaredFields {

    private static final Pattern UNDECLARED = Pattern.compile("\\.(status(?:\\.\\w+)+): field not declared in schema");

    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private UndeclaredFields() {}

    /** Applies a status; when fields of it are not declared, once more without these. */
    public static <T extends HasMetadata> T leftOut(T applied, UnaryOperator<T> apply) {
        try {
            return apply.apply(applied);
        } catch (KubernetesClientException e) {
            List<JsonPointer> undeclared = undeclared(requireNonNullElse(e.getMessage(), ""));
            if (undeclared.isEmpty()) {
                throw e;
            }
            return apply.apply(without(undeclared, applied));
        }
    }

    private static List<JsonPointer> undeclared(String refusal) {
        return UNDECLARED
                .matcher(refusal)
                .results()
                .map(field -> JsonPointer.compile("/" + field.group(1).replace('.', '/')))
                .toList();
    }

    @SuppressWarnings("unchecked") // The class of a T is a class of T.
    private static <T extends HasMetadata> T without(List<JsonPointer> undeclared, T applied) {
        JsonNode json = JSON.convertValue(applied, JsonNode.class);
        undeclared.forEach(field -> {
            if (json.at(field.head()) instanceof ObjectNode parent) {
                parent.remove(field.last().getMatchingProperty());
            }
        });
        return (T) JSON.convertValue(json, applied.getClass());
    }
}
