package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Everything that a rule may know. */
public record PlanInput(
        Desired desired, Observation observation, History history, NodeContext surroundings, Instant now) {

    /** The instance under our identifier; empty also when LM Studio could not be looked at. */
    public Optional<Instance> instance() {
        return observation.instance(desired.identifier());
    }

    /** Whether the last look at LM Studio succeeded. */
    public boolean isLookedAt() {
        return observation.loaded() instanceof Reading.Known<List<Instance>>;
    }

    /** A time of this process as the wall clock shows it. */
    public Instant wall(Instant time) {
        return time.plus(surroundings.wallOffset());
    }

    /** Whether the load that is asked for was begun, or its intent written. */
    boolean isLoadBegun() {
        return desired.loadRevision().equals(history.begunRevision());
    }

    /** Whether the load that is asked for has succeeded. */
    boolean isLoadDone() {
        return desired.loadRevision().equals(history.loadedRevision());
    }

    /** What a check is to look for: LM Studio may not have honored the settings, and serve the model all the same. */
    public Desired desiredAsServed() {
        return instance()
                .filter(instance -> ReloadCheck.isNotHonored(this, instance))
                .map(desired::asServed)
                .orElse(desired);
    }

    /** Since when a look must have begun to be evidence in the next check. */
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

    /** What clients may believe when no new proof is sought: the last check of an instance that is listed as desired. */
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
            case PASSED -> VerificationSchedule.isOfAnEarlierTenure(this, check) ? ConditionStatus.UNKNOWN : ConditionStatus.TRUE;
            case FAILED -> ConditionStatus.FALSE;
            case UNKNOWN -> check.isOlderStanding() ? ConditionStatus.TRUE : ConditionStatus.UNKNOWN;
        };
    }
}
