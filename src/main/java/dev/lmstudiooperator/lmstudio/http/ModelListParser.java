package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the lists of both generations of the API strictly, because the operator would act on a partial list. */
final class ModelListParser {

    private ModelListParser() {}

    /** Parses {@code /api/v1/models}, for LM Studio 0.4 and later. */
    static ApiModelList v1(Reply reply) throws InfrastructureFailure {
        Set<ServedInstance> instances = new LinkedHashSet<>();
        Set<String> keys = new LinkedHashSet<>();
        for (JsonNode model : reply.array(reply.body(), "models")) {
            String key = reply.text(model, "key");
            keys.add(key);
            for (JsonNode instance : reply.array(model, "loaded_instances")) {
                instances.add(new ServedInstance(
                        key,
                        reply.text(instance, "id"),
                        whole(instance.path("config"), "context_length"),
                        whole(instance.path("config"), "parallel")));
            }
        }
        return new ApiModelList(Set.copyOf(instances), Set.copyOf(keys));
    }

    /**
     * Parses {@code /api/v0/models}. It lists models instead of instances; a model in the state {@code loading} is not
     * loaded.
     */
    static ApiModelList v0(Reply reply) throws InfrastructureFailure {
        Set<ServedInstance> instances = new LinkedHashSet<>();
        Set<String> keys = new LinkedHashSet<>();
        for (JsonNode model : reply.array(reply.body(), "data")) {
            String key = reply.text(model, "id");
            keys.add(key);
            if (reply.text(model, "state").equals("loaded")) {
                instances.add(new ServedInstance(key, null, whole(model, "loaded_context_length"), null));
            }
        }
        return new ApiModelList(Set.copyOf(instances), Set.copyOf(keys));
    }

    /** Returns the keys that {@code /api/v0/models} lists in the state {@code loading}. */
    static Set<String> loading(Reply reply) throws InfrastructureFailure {
        Set<String> keys = new LinkedHashSet<>();
        for (JsonNode model : reply.array(reply.body(), "data")) {
            if (reply.text(model, "state").equals("loading")) {
                keys.add(reply.text(model, "id"));
            }
        }
        return Set.copyOf(keys);
    }

    private static @Nullable Integer whole(JsonNode parent, String name) {
        JsonNode value = parent.path(name);
        return value.canConvertToInt() ? (Integer) value.intValue() : null;
    }
}
