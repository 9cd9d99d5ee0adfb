package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The complete input of a planning rule. */
public record PlanInput(
        Desired desired, Observation observation, History history, NodeContext surroundings, Instant now) {

    /** The instance with the desired identifier; empty also when LM Studio could not be queried. */
    public Optional<Instance> instance() {
        return observation.instance(desired.identifier());
    }

    /** Whether the last {@code lms ps} succeeded. */
    public boolean isLookedAt() {
        return observation.loaded().isKnown();
    }

    /** Converts a time of this process to wall-clock time. */
    public Instant wall(Instant time) {
        return time.plus(surroundings.wallOffset());
    }

    /** Whether the desired load has started, or its intent is recorded. */
    boolean isLoadBegun() {
        return desired.loadRevision().equals(history.begunRevision());
    }

    /** Whether the desired load has succeeded. */
    boolean isLoadDone() {
        return desired.loadRevision().equals(history.loadedRevision());
    }

    /** The desired state for a check. LM Studio may serve the model without having honored the settings. */
    public Desired desiredAsServed() {
        return instance()
                .filter(instance -> ReloadCheck.isNotHonored(this, instance))
                .map(desired::asServed)
                .orElse(desired);
    }

    /** The earliest start of an observation that the next check accepts. */
    public Instant evidenceSince() {
        VerificationOutcome check = VerificationSchedule.current(this);
        return Stream.of(
                        VerificationSchedule.settledAt(this),
                        surroundings.changedAt(),
                        surroundings.provenSince(),
                        check == null ? Instant.MIN : check.at())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /**
     * The availability without a new check: the result of the last check, if the listed instance matches the desired
     * state.
     */
    ConditionStatus lastKnownAvailability() {
        if (!isLookedAt()) {
            return ConditionStatus.UNKNOWN;
        }
        if (instance()
                .filter(instance -> !ReloadCheck.isDrifted(this, instance))
                .isEmpty()) {
            return ConditionStatus.FALSE;
        }
        VerificationOutcome check = VerificationSchedule.current(this);
        if (check == null) {
            return ConditionStatus.UNKNOWN;
        }
        return switch (check.result()) {
            case PASSED ->
                VerificationSchedule.isOfAnEarlierTenure(this, check) ? ConditionStatus.UNKNOWN : ConditionStatus.TRUE;
            case FAILED -> ConditionStatus.FALSE;
            case UNKNOWN -> check.isOlderStanding() ? ConditionStatus.TRUE : ConditionStatus.UNKNOWN;
        };
    }
}
