package dev.lmstudiooperator.simulator.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.Model;
import java.util.List;

/** The output of models and instances with {@code --json}, with the fields in the original order. */
final class ModelJson {

    private ModelJson() {}

    static ObjectNode downloaded(Model model) {
        var node = common(model);
        capabilities(node, model);
        return node.put("maxContextLength", model.maxContextLength());
    }

    static ObjectNode variant(Model model, Model.Variant variant) {
        var key = variant.modelKey();
        return downloaded(new Model(
                model.type(),
                key,
                model.format(),
                key,
                model.publisher(),
                key,
                variant.sizeBytes(),
                key,
                model.deviceIdentifier(),
                model.paramsString(),
                model.architecture(),
                variant.quantization(),
                List.of(),
                null,
                model.vision(),
                model.trainedForToolUse(),
                model.maxContextLength(),
                null,
                null));
    }

    static ObjectNode loaded(Instance instance) {
        var model = instance.model();
        var node = common(model);
        node.put("identifier", instance.identifier());
        node.set("ttlMs", instance.ttlMs() == null ? null : Json.number(instance.ttlMs()));
        node.put(
                "lastUsedTime",
                instance.lastUsed() == null
                        ? null
                        : Long.valueOf(instance.lastUsed().toEpochMilli()));
        capabilities(node, model);
        node.put("maxContextLength", model.maxContextLength());
        node.put("contextLength", instance.contextLength());
        node.put("status", instance.activity().value());
        node.put("queued", instance.queued());
        return node.put("parallel", instance.parallel());
    }

    private static ObjectNode common(Model model) {
        var node = Json.object()
                .put("type", model.type().value())
                .put("modelKey", model.modelKey())
                .put("format", model.format())
                .put("displayName", model.displayName())
                .put("publisher", model.publisher())
                .put("path", model.path())
                .put("sizeBytes", model.sizeBytes())
                .put("indexedModelIdentifier", model.indexedModelIdentifier())
                .put("deviceIdentifier", model.deviceIdentifier());
        if (model.paramsString() != null) {
            node.put("paramsString", model.paramsString());
        }
        if (model.architecture() != null) {
            node.put("architecture", model.architecture());
        }
        if (model.quantization() != null) {
            node.set("quantization", Json.MAPPER.valueToTree(model.quantization()));
        }
        if (!model.variants().isEmpty()) {
            var keys = node.putArray("variants");
            model.variants().forEach(variant -> keys.add(variant.modelKey()));
            node.put("selectedVariant", model.selectedVariant());
        }
        return node;
    }

    private static void capabilities(ObjectNode node, Model model) {
        if (model.isLlm()) {
            node.put("vision", model.vision()).put("trainedForToolUse", model.trainedForToolUse());
        }
    }
}
