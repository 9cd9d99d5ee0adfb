package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.modelset.Replica.Home;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Describes ManagedModels to the planner. */
final class ReplicaFactory {

    /**
     * The state of a node.
     *
     * @param lostSince when it became lost; null if it is not lost
     */
    record NodeView(Home home, @Nullable Instant lostSince) {}

    private final SetTemplate template;
    private final Function<String, NodeView> nodes;
    private final SteadyClock clock;

    /** @param nodes the state of a node by its name */
    ReplicaFactory(SetTemplate template, Function<String, NodeView> nodes, SteadyClock clock) {
        this.template = template;
        this.nodes = nodes;
        this.clock = clock;
    }

    Replica of(ManagedModel model) {
        String scheduled = ManagedModelCache.nodeOf(model).orElse(null);
        NodeView node = scheduled == null ? new NodeView(Home.NONE, null) : nodes.apply(scheduled);
        List<Condition> conditions = Optional.ofNullable(model.getStatus())
                .map(ManagedModelStatus::conditions)
                .orElse(List.of());
        return new Replica(
                model.getMetadata().getName(),
                Instant.parse(model.getMetadata().getCreationTimestamp()),
                scheduled == null ? model.getSpec().nodeName() : scheduled,
                node.home(),
                node.lostSince(),
                model.isMarkedForDeletion(),
                template.isHeldBy(model),
                template.fits(model),
                isObserved(model) && StatusConditions.isTrue(conditions, ConditionType.READY),
                isObserved(model) && !StatusConditions.isTrue(conditions, ConditionType.RECONCILING),
                availableSince(conditions),
                detail(conditions));
    }

    /** Conditions of an older generation describe the ManagedModel before the last update. */
    private static boolean isObserved(ManagedModel model) {
        Long observed = model.getStatus() == null ? null : model.getStatus().observedGeneration();
        return Objects.equals(observed, model.getMetadata().getGeneration());
    }

    /** A time in the future comes from a wrong clock. It counts from the start of this process. */
    private @Nullable Instant availableSince(List<Condition> conditions) {
        return StatusConditions.isTrue(conditions, ConditionType.AVAILABLE)
                ? StatusConditions.find(conditions, ConditionType.AVAILABLE)
                        .map(Condition::getLastTransitionTime)
                        .map(since -> clock.latest(Instant.parse(since)).orElse(clock.start()))
                        .orElse(null)
                : null;
    }

    private static String detail(List<Condition> conditions) {
        return StatusConditions.find(conditions, ConditionType.READY)
                .map(ready -> Reason.NO_MATCHING_NODE.text().equals(ready.getReason())
                        ? ready.getMessage()
                        : ready.getReason() + ": " + ready.getMessage())
                .orElse("");
    }
}
