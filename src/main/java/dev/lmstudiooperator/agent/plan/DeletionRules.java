package dev.lmstudiooperator.agent.plan;

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

    static Optional<Decision> retainWhenToldTo(PlanInput s) {
        return releaseIf(
                s,
                s.desired().deletionPolicy() == DeletionPolicy.RETAIN,
                "The instance stays loaded until its TTL expires");
    }

    static Optional<Decision> letGoWhatWasNeverLoaded(PlanInput s) {
        boolean wasNeverLoaded =
                s.history().begunRevision() == null && s.history().recorded() == null;
        return releaseIf(
                s,
                wasNeverLoaded && s.desired().deletionPolicy() != DeletionPolicy.UNLOAD,
                "Nothing was ever loaded for it");
    }

    /** Removes the finalizer immediately, unless the instance can be unloaded now. */
    static Optional<Decision> letGoByForce(PlanInput s) {
        boolean isUnloadable = s.isLookedAt()
                && s.history().failure() == null
                && !s.history().isLoadInterrupted()
                && s.desired().unreadable().isEmpty()
                && s.surroundings().turnOf() == null
                && s.instance().filter(Instance::isBusy).isEmpty()
                && !s.observation().isOnLinkedDevice(s.desired().identifier());
        return releaseIf(
                s,
                s.desired().isReleaseForced() && !isUnloadable,
                "Finalizer removed on request: the instance may stay loaded until its TTL expires");
    }

    /** If two devices use one identifier, {@code lms unload} prompts for a choice and waits forever. */
    static Optional<Decision> awaitTtlBesideLinkedDevice(PlanInput s) {
        if (!s.desired().isDeleted()
                || !s.observation().isOnLinkedDevice(s.desired().identifier())) {
            return Optional.empty();
        }
        return s.instance().flatMap(instance -> {
            Optional<Instant> expiresAt = Optional.ofNullable(instance.ttl()).map(idleSince(s, instance)::plus);
            Optional<Decision> release = expiresAt
                    .filter(time -> !s.now().isBefore(time))
                    .flatMap(time -> releaseIf(s, true, "The TTL of the instance has expired"));
            return release.or(() -> Optional.of(awaitTtl(s, expiresAt)));
        });
    }

    private static Decision awaitTtl(PlanInput s, Optional<Instant> expiresAt) {
        String message =
                "Waiting until the instance is gone: lms cannot unload %s while a linked device uses the same identifier. %s. To delete the ManagedModel now, set annotation %s=true";
        return expiresAt
                .map(time -> Decision.restUntil(
                        time,
                        ConditionSummary.underWay(
                                s.lastKnownAvailability(),
                                Reason.IDENTIFIER_CONFLICT,
                                message.formatted(
                                        s.desired().identifier(),
                                        "Its TTL expires at " + s.wall(time),
                                        ManagedModel.FORCE_RELEASE_ANNOTATION))))
                .orElseGet(() -> Decision.rest(ConditionSummary.stalled(
                        s.lastKnownAvailability(),
                        Reason.IDENTIFIER_CONFLICT,
                        message.formatted(
                                s.desired().identifier(),
                                "It has no TTL: unload it in LM Studio",
                                ManagedModel.FORCE_RELEASE_ANNOTATION))));
    }

    private static Instant idleSince(PlanInput s, Instance instance) {
        if (instance.isBusy()) {
            return s.observation().loaded().at();
        }
        History.Recorded recorded = s.history().recorded();
        return Stream.of(instance.lastUsedAt(), recorded == null ? null : recorded.loadedAt())
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElseGet(() -> Objects.requireNonNullElse(s.history().episodeBeganAt(), s.now()));
    }

    static Optional<Decision> leaveToOtherClaimant(PlanInput s) {
        NodeContext others = s.surroundings();
        String claimant = others.olderClaimant() == null ? others.youngerClaimant() : others.olderClaimant();
        return releaseIf(s, claimant != null, "The identifier belongs to " + claimant);
    }

    static Optional<Decision> leaveWhatWasAdopted(PlanInput s) {
        History.Recorded recorded = s.history().recorded();
        return releaseIf(
                s,
                s.desired().deletionPolicy() == DeletionPolicy.UNLOAD_IF_LOADED
                        && recorded != null
                        && recorded.isAdopted(),
                "The instance was adopted and stays loaded");
    }

    static Optional<Decision> letGoWhatIsGone(PlanInput s) {
        return releaseIf(s, s.instance().isEmpty(), "The instance is unloaded (verified)");
    }

    static Optional<Decision> drainThenUnload(PlanInput s) {
        return s.instance()
                .filter(instance -> s.desired().isDeleted())
                .map(instance -> UnloadPolicy.drainThenUnload(
                        s,
                        instance,
                        UnloadPolicy.drainDeadline(s),
                        ConditionSummary.underWay(
                                s.lastKnownAvailability(),
                                Reason.UNLOADING,
                                "Unloading %s, because the ManagedModel is deleted".formatted(instance.identifier()))));
    }

    private static Optional<Decision> releaseIf(PlanInput s, boolean condition, String message) {
        boolean isOver = s.desired().isDeleted() && condition && s.history().running() == null;
        return isOver
                ? Optional.of(Decision.act(
                        new Action.RemoveFinalizer(),
                        ConditionSummary.underWay(ConditionStatus.FALSE, Reason.UNLOADING, message)))
                : Optional.empty();
    }
}
