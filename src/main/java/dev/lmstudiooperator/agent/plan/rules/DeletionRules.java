package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.NodeContext;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Decides how a deleted ManagedModel is finalized. */
final class DeletionRules {

    private DeletionRules() {}

    static Optional<Decision> retainByPolicy(PlanInput s) {
        return releaseIf(
                s,
                s.desired().deletionPolicy() == DeletionPolicy.RETAIN,
                "The instance stays loaded until its TTL expires");
    }

    static Optional<Decision> releaseWhatWasNeverLoaded(PlanInput s) {
        boolean wasNeverLoaded =
                s.history().begunRevision() == null && s.history().recorded() == null;
        return releaseIf(
                s,
                wasNeverLoaded && s.desired().deletionPolicy() != DeletionPolicy.UNLOAD,
                "Nothing was ever loaded for it");
    }

    /** Removes the finalizer immediately, unless the instance can be unloaded now. */
    static Optional<Decision> releaseByForce(PlanInput s) {
        boolean isUnloadable = s.isObserved()
                && s.history().failure() == null
                && !s.history().isLoadInterrupted()
                && s.desired().unreadable().isEmpty()
                && s.nodeContext().slotHolder() == null
                && s.instance().filter(Instance::isBusy).isEmpty()
                && !s.isOnLinkedDevice();
        return releaseIf(
                s,
                s.desired().isReleaseForced() && !isUnloadable,
                "Finalizer removed on request: the instance may stay loaded until its TTL expires");
    }

    /** If two devices use one identifier, {@code lms unload} prompts for a choice and waits forever. */
    static Optional<Decision> awaitTtlWithLinkedDevice(PlanInput s) {
        return s.instance()
                .filter(instance -> s.desired().isDeleted() && s.isOnLinkedDevice())
                .flatMap(instance -> {
                    Optional<Instant> expiresAt =
                            Optional.ofNullable(instance.ttl()).map(idleSince(s, instance)::plus);
                    boolean isExpired = expiresAt.filter(s::isDue).isPresent();
                    return releaseIf(s, isExpired, "The TTL of the instance has expired")
                            .or(() -> Optional.of(awaitTtl(s, expiresAt)));
                });
    }

    private static Decision awaitTtl(PlanInput s, Optional<Instant> expiresAt) {
        String message =
                "Waiting until the instance is gone: lms cannot unload %s while a linked device uses the same identifier. %s. To delete the ManagedModel now, set annotation %s=true"
                        .formatted(
                                s.identifier(),
                                expiresAt
                                        .map(time -> "Its TTL expires at " + s.wall(time))
                                        .orElse("It has no TTL: unload it in LM Studio"),
                                ManagedModel.FORCE_RELEASE_ANNOTATION);
        return expiresAt
                .map(time -> Decision.underWay(s.lastKnownAvailability(), Reason.IDENTIFIER_CONFLICT, message)
                        .until(time))
                .orElseGet(() -> Decision.stalled(s.lastKnownAvailability(), Reason.IDENTIFIER_CONFLICT, message));
    }

    private static Instant idleSince(PlanInput s, Instance instance) {
        return instance.isBusy()
                ? s.observedAt()
                : Stream.of(instance.lastUsedAt(), s.history().loadedAt())
                        .filter(Objects::nonNull)
                        .max(Instant::compareTo)
                        .orElseGet(() -> Objects.requireNonNullElse(s.history().convergenceBeganAt(), s.now()));
    }

    static Optional<Decision> leaveToOtherClaimant(PlanInput s) {
        NodeContext others = s.nodeContext();
        String other = others.olderOwner() == null ? others.newerOwner() : others.olderOwner();
        return releaseIf(s, other != null, "The identifier belongs to " + other);
    }

    static Optional<Decision> leaveWhatWasAdopted(PlanInput s) {
        return releaseIf(
                s,
                s.desired().deletionPolicy() == DeletionPolicy.UNLOAD_IF_LOADED
                        && s.history().isAdopted(),
                "The instance was adopted and stays loaded");
    }

    static Optional<Decision> releaseWhatIsGone(PlanInput s) {
        return releaseIf(s, s.instance().isEmpty(), "The instance is unloaded (verified)");
    }

    static Optional<Decision> drainThenUnload(PlanInput s) {
        return s.instance()
                .filter(instance -> s.desired().isDeleted())
                .map(instance -> OperationPolicy.drainThenUnload(
                        s,
                        instance,
                        Decision.underWay(
                                s.lastKnownAvailability(),
                                Reason.UNLOADING,
                                "Unloading %s, because the ManagedModel is deleted".formatted(instance.identifier()))));
    }

    private static Optional<Decision> releaseIf(PlanInput s, boolean condition, String message) {
        boolean isOver = s.desired().isDeleted() && condition && s.history().running() == null;
        return isOver
                ? Optional.of(Decision.underWay(ConditionStatus.FALSE, Reason.UNLOADING, message)
                        .doing(new Action.RemoveFinalizer()))
                : Optional.empty();
    }
}
