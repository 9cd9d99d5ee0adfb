package dev.lmstudiooperator.controller.scheduling;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds candidate nodes and scheduling requests. */
final class Nodes {

    static final String MODEL = "qwen/qwen3-8b";
    static final long SIZE = 5_000_000_000L;
    static final ManagedModelSpec ANYWHERE = spec(null, null);

    private Nodes() {}

    static ManagedModelSpec pinnedTo(String node) {
        return spec(node, null);
    }

    static ManagedModelSpec selecting(Map<String, String> labels) {
        return spec(null, labels);
    }

    static ManagedModelSpec spec(@Nullable String nodeName, @Nullable Map<String, String> selector) {
        return new ManagedModelSpec(MODEL, null, null, null, nodeName, selector, null, null, null, null, null, null);
    }

    /** A live and ready node that allows all namespaces, with no model on disk and unknown memory. */
    static NodeInfo node(String name) {
        return new NodeInfo(name, Map.of(), true, false, true, null, Map.of(), null, 0);
    }

    static NodeInfo labelled(NodeInfo node, String key, String value) {
        Map<String, String> labels = new HashMap<>(node.labels());
        labels.put(key, value);
        return copy(node, labels, node.isUnschedulable(), node.isReady(), node.allowedNamespaces());
    }

    static NodeInfo silent(NodeInfo node) {
        return node.with(false, node.boundModels());
    }

    static NodeInfo withModels(NodeInfo node, int bound) {
        return node.with(node.isAlive(), bound);
    }

    static NodeInfo unschedulable(NodeInfo node) {
        return copy(node, node.labels(), true, node.isReady(), node.allowedNamespaces());
    }

    static NodeInfo notReady(NodeInfo node) {
        return copy(node, node.labels(), node.isUnschedulable(), false, node.allowedNamespaces());
    }

    static NodeInfo allowing(NodeInfo node, @Nullable LabelSelector namespaces) {
        return copy(node, node.labels(), node.isUnschedulable(), node.isReady(), namespaces);
    }

    static NodeInfo onDisk(NodeInfo node, String key, long bytes) {
        Map<String, Long> models = new HashMap<>(node.models());
        models.put(key, bytes);
        return memory(node, models, node.freeBytes());
    }

    static NodeInfo free(NodeInfo node, @Nullable Long bytes) {
        return memory(node, node.models(), bytes);
    }

    static LabelSelector expression(@Nullable String key, @Nullable String operator, String... values) {
        return new LabelSelectorBuilder()
                .withMatchExpressions(new LabelSelectorRequirement(key, operator, List.of(values)))
                .build();
    }

    static LabelSelector labels(String key, String value) {
        return new LabelSelectorBuilder().addToMatchLabels(key, value).build();
    }

    private static NodeInfo copy(
            NodeInfo node,
            Map<String, String> labels,
            boolean isUnschedulable,
            boolean isReady,
            @Nullable LabelSelector allowed) {
        return new NodeInfo(
                node.name(),
                labels,
                node.isAlive(),
                isUnschedulable,
                isReady,
                allowed,
                node.models(),
                node.freeBytes(),
                node.boundModels());
    }

    private static NodeInfo memory(NodeInfo node, Map<String, Long> models, @Nullable Long freeBytes) {
        return new NodeInfo(
                node.name(),
                node.labels(),
                node.isAlive(),
                node.isUnschedulable(),
                node.isReady(),
                node.allowedNamespaces(),
                models,
                freeBytes,
                node.boundModels());
    }
}
