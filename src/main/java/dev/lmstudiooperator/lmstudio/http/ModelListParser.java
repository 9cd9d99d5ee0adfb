package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
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
        for (JsonNode model : array(reply, reply.body(), "models")) {
            String key = text(reply, model, "key");
            keys.add(key);
            for (JsonNode instance : array(reply, model, "loaded_instances")) {
                instances.add(new ServedInstance(
                        key,
                        text(reply, instance, "id"),
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
        for (JsonNode model : array(reply, reply.body(), "data")) {
            String key = text(reply, model, "id");
            keys.add(key);
            if (text(reply, model, "state").equals("loaded")) {
                instances.add(new ServedInstance(key, null, whole(model, "loaded_context_length"), null));
            }
        }
        return new ApiModelList(Set.copyOf(instances), Set.copyOf(keys));
    }

    /** Returns the keys that {@code /api/v0/models} lists in the state {@code loading}. */
    static Set<String> loading(Reply reply) throws InfrastructureFailure {
        Set<String> keys = new LinkedHashSet<>();
        for (JsonNode model : array(reply, reply.body(), "data")) {
            if (text(reply, model, "state").equals("loading")) {
                keys.add(text(reply, model, "id"));
            }
        }
        return Set.copyOf(keys);
    }

    private static JsonNode array(Reply reply, JsonNode parent, String name) throws InfrastructureFailure {
        JsonNode value = parent.path(name);
        if (!value.isArray()) {
            throw unreadable(reply, name, value, "an array");
        }
        return value;
    }

    static String text(Reply reply, JsonNode parent, String name) throws InfrastructureFailure {
        JsonNode value = parent.path(name);
        if (!value.isTextual()) {
            throw unreadable(reply, name, value, "a string");
        }
        return value.textValue();
    }

    private static @Nullable Integer whole(JsonNode parent, String name) {
        JsonNode value = parent.path(name);
        return value.canConvertToInt() ? (Integer) value.intValue() : null;
    }

    static InfrastructureFailure unreadable(Reply reply, String name, JsonNode value, String expected) {
        return new InfrastructureFailure(
                InfrastructureFailure.Kind.UNREADABLE_OUTPUT,
                "%s was answered with a '%s' that is '%s' and not %s, so nothing is known — check that this release of LM Studio is supported"
                        .formatted(reply.what(), name, TextSanitizer.clean(value.toString()), expected));
    }
}
