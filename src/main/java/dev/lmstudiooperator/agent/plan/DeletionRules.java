package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import java.time.Instant;
import java.util.Optional;

/** What happens to a ManagedModel that a person deleted. */
final class DeletionRules {

    private DeletionRules() {}

    static Optional<Decision> retainWhenToldTo(Situation s) {
        return releaseIf(
                s, s.desired().deletionPolicy() == DeletionPolicy.RETAIN, "The instance stays until its TTL runs out");
    }

    static Optional<Decision> letGoWhatWasNeverLoaded(Situation s) {
        boolean wasNeverLoaded =
                s.history().begunRevision() == null && s.history().recorded() == null;
        return releaseIf(
                s,
                wasNeverLoaded && s.desired().deletionPolicy() != DeletionPolicy.UNLOAD,
                "Nothing was ever loaded for it");
    }

    /** Only where waiting for a proof may never end: what LM Studio does, it is still told to do first. */
    static Optional<Decision> letGoByForce(Situation s) {
        boolean isStuck = !s.isLookedAt() || s.history().failure() != null;
        return releaseIf(
                s,
                isStuck && s.desired().isReleaseForced(),
                "Released by force: the instance may stay until its TTL runs out");
    }

    static Optional<Decision> leaveToOtherClaimant(Situation s) {
        Surroundings others = s.surroundings();
        String claimant = others.olderClaimant() == null ? others.youngerClaimant() : others.olderClaimant();
        return releaseIf(s, claimant != null, "The identifier belongs to " + claimant);
    }

    static Optional<Decision> leaveWhatWasAdopted(Situation s) {
        History.Recorded recorded = s.history().recorded();
        return releaseIf(
                s,
                s.desired().deletionPolicy() == DeletionPolicy.UNLOAD_IF_LOADED
                        && recorded != null
                        && recorded.isAdopted(),
                "The instance was not loaded by the agent and stays");
    }

    static Optional<Decision> letGoWhatIsGone(Situation s) {
        return releaseIf(s, s.instance().isEmpty(), "The instance is verified gone");
    }

    static Optional<Decision> drainThenUnload(Situation s) {
        Instant deletedAt = s.desired().deletedAt();
        if (deletedAt == null) {
            return Optional.empty();
        }
        return s.instance()
                .map(instance -> Turns.drainThenUnload(
                        s,
                        instance,
                        deletedAt.plus(s.desired().drain()),
                        Finding.underWay(
                                s.lastKnownAvailability(),
                                Reason.UNLOADING,
                                "Unloads %s, since the ManagedModel is deleted".formatted(instance.identifier()))));
    }

    private static Optional<Decision> releaseIf(Situation s, boolean condition, String message) {
        boolean isOver = s.desired().isDeleted() && condition && s.history().running() == null;
        return isOver
                ? Optional.of(
                        Decision.act(new Step.Release(), Finding.underWay(Truth.FALSE, Reason.UNLOADING, message)))
                : Optional.empty();
    }
}
