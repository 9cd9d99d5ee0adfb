package dev.lmstudiooperator.controller.modelset;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.controller.nodelifecycle.NodeState;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Triggers the sets that a change of a ManagedModel, of a node or of a namespace affects. */
public final class SetTrigger {

    /** What sets know about a node. Its memory and its models change often, and do not matter to them. */
    private record NodeView(
            Map<String, String> labels,
            boolean isUnschedulable,
            @Nullable LabelSelector allowedNamespaces,
            Class<? extends NodeState> state) {}

    private final PrimaryCache<ManagedModelSet> sets;
    private final Map<ResourceID, Set<ResourceID>> setsOfModels = new ConcurrentHashMap<>();
    private final Map<String, NodeView> nodes = new ConcurrentHashMap<>();

    public SetTrigger(PrimaryCache<ManagedModelSet> sets) {
        this.sets = sets;
    }

    /** Triggers the sets that the ManagedModel names, and those that it named before. */
    public void changed(ManagedModel model) {
        Set<ResourceID> now = ManagedModelCache.setsOf(model);
        ResourceID id = ResourceID.fromResource(model);
        Set<ResourceID> before = now.isEmpty() ? setsOfModels.remove(id) : setsOfModels.put(id, now);
        now.forEach(sets::reconcile);
        requireNonNullElse(before, Set.<ResourceID>of()).stream()
                .filter(set -> !now.contains(set))
                .forEach(sets::reconcile);
    }

    public void deleted(ManagedModel model) {
        ManagedModelCache.setsOf(model).forEach(sets::reconcile);
        requireNonNullElse(setsOfModels.remove(ResourceID.fromResource(model)), Set.<ResourceID>of())
                .forEach(sets::reconcile);
    }

    public void changed(LMStudioNode node, NodeState state) {
        LMStudioNodeSpec spec = requireNonNullElse(node.getSpec(), LMStudioNodeSpec.DEFAULTS);
        NodeView view = new NodeView(
                requireNonNullElse(node.getMetadata().getLabels(), Map.of()),
                requireNonNullElse(spec.unschedulable(), false),
                spec.allowedNamespaces(),
                state.getClass());
        if (!view.equals(nodes.put(node.getMetadata().getName(), view))) {
            sets.reconcileAll();
        }
    }

    public void deleted(LMStudioNode node) {
        nodes.remove(node.getMetadata().getName());
        sets.reconcileAll();
    }

    /** Nodes select the namespaces that they allow by labels. */
    public void namespaceChanged(String name) {
        sets.all()
                .filter(set -> set.getMetadata().getNamespace().equals(name))
                .map(ResourceID::fromResource)
                .forEach(sets::reconcile);
    }

    /** Whether an update of a ManagedModel matters to its set. Agents write the rest of the status more often. */
    public static boolean isNews(ManagedModel after, ManagedModel before) {
        ObjectMeta now = after.getMetadata();
        ObjectMeta then = before.getMetadata();
        if (!Objects.equals(now.getLabels(), then.getLabels())
                || !Objects.equals(now.getOwnerReferences(), then.getOwnerReferences())) {
            return true;
        }
        return !ManagedModelCache.setsOf(after).isEmpty() && !states(after).equals(states(before));
    }

    /** The conditions without their messages, and the generation to which they refer. */
    private static List<List<@Nullable Object>> states(ManagedModel model) {
        Optional<ManagedModelStatus> status = Optional.ofNullable(model.getStatus());
        return status.map(ManagedModelStatus::conditions).orElse(List.of()).stream()
                .map((Condition condition) -> Arrays.<@Nullable Object>asList(
                        condition.getType(),
                        condition.getStatus(),
                        condition.getReason(),
                        status.get().observedGeneration()))
                .toList();
    }
}
