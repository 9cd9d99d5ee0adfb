package dev.lmstudiooperator.agent.lmstudionode;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeInstance;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeMemory;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists the models in memory and on disk of this machine. If a list cannot be read, the last known list stays. The
 * Ready condition reports that it may be outdated.
 */
record Inventory(
        @Nullable NodeMemory memory,
        @Nullable Integer loadedModels,
        @Nullable List<NodeInstance> instances,
        @Nullable List<NodeModel> models,
        @Nullable Integer moreModels) {

    static Inventory of(NodeStatusFactory.Input input, @Nullable Long capacityBytes, LMStudioNodeStatus before) {
        Observation observation = input.observation();
        List<Instance> loaded = observation.loaded().isKnown() ? observation.localInstances() : null;
        List<DownloadedModel> onDisk =
                observation.downloaded().known().map(Inventory::distinct).orElse(null);
        return new Inventory(
                memory(capacityBytes, loaded == null ? loadedBytes(before) : loadedBytes(loaded)),
                loaded == null ? before.loadedModels() : (Integer) loaded.size(),
                loaded == null ? before.instances() : instances(loaded, input, before),
                onDisk == null ? before.models() : models(onDisk),
                onDisk == null ? before.moreModels() : more(onDisk));
    }

    private static List<NodeInstance> instances(
            List<Instance> loaded, NodeStatusFactory.Input input, LMStudioNodeStatus before) {
        return loaded.stream()
                .sorted(Comparator.comparing(Instance::identifier))
                .limit(LMStudioNodeStatus.LONGEST_LIST)
                .map(instance -> instance(instance, input, before))
                .toList();
    }

    /** Keeps the owner of an instance whose ManagedModel is gone, so that a restarted agent can unload it. */
    private static NodeInstance instance(Instance instance, NodeStatusFactory.Input input, LMStudioNodeStatus before) {
        InstanceOwner owner = input.owners().get(instance.identifier());
        String identifier = TextSanitizer.clean(instance.identifier());
        String modelKey = TextSanitizer.clean(instance.modelKey());
        boolean isNamedPlainly = identifier.equals(instance.identifier());
        InstanceOwner known = owner == null ? lastOwner(identifier, modelKey, input, before) : owner;
        return new NodeInstance(
                identifier,
                modelKey,
                instance.sizeBytes(),
                known == null || !isNamedPlainly ? null : known.managedModel(),
                known == null || !isNamedPlainly ? null : known.deletionPolicy());
    }

    private static @Nullable InstanceOwner lastOwner(
            String identifier, String modelKey, NodeStatusFactory.Input input, LMStudioNodeStatus before) {
        return requireNonNullElse(before.instances(), List.<NodeInstance>of()).stream()
                .filter(known -> known.identifier().equals(identifier)
                        && known.modelKey().equals(modelKey))
                .flatMap(known -> Stream.ofNullable(InstanceOwner.in(known)))
                .filter(owner -> !input.isReleased().test(owner.managedModel()))
                .findFirst()
                .orElse(null);
    }

    private static List<NodeModel> models(List<DownloadedModel> onDisk) {
        return onDisk.stream()
                .limit(LMStudioNodeStatus.LONGEST_LIST)
                .map(model -> new NodeModel(TextSanitizer.clean(model.modelKey()), model.sizeBytes()))
                .toList();
    }

    private static @Nullable Integer more(List<DownloadedModel> onDisk) {
        int more = onDisk.size() - LMStudioNodeStatus.LONGEST_LIST;
        return more > 0 ? (Integer) more : null;
    }

    private static List<DownloadedModel> distinct(List<DownloadedModel> models) {
        return models.stream()
                .filter(DownloadedModel::isLocal)
                .collect(Collectors.toMap(DownloadedModel::modelKey, Function.identity(), (one, other) -> one))
                .values()
                .stream()
                .sorted(Comparator.comparing(DownloadedModel::modelKey))
                .toList();
    }

    private static @Nullable NodeMemory memory(@Nullable Long capacityBytes, @Nullable Long loadedBytes) {
        if (capacityBytes == null && loadedBytes == null) {
            return null;
        }
        String loaded = loadedBytes == null ? "?" : Instance.gigabytes(loadedBytes);
        String summary =
                capacityBytes == null ? loaded : "%s of %s".formatted(loaded, Instance.gigabytes(capacityBytes));
        return new NodeMemory(capacityBytes, loadedBytes, summary);
    }

    private static @Nullable Long loadedBytes(LMStudioNodeStatus before) {
        NodeMemory memory = before.memory();
        return memory == null ? null : memory.loadedBytes();
    }

    /** LM Studio may report any number, so that the sum could overflow. */
    private static Long loadedBytes(List<Instance> loaded) {
        return loaded.stream()
                .map(Instance::sizeBytes)
                .reduce(0L, (sum, bytes) -> bytes > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + bytes);
    }
}
