package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Truth;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Everything that a rule may know. */
public record Situation(
        Desired desired, Observation observation, History history, Surroundings surroundings, Instant now) {

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
                .filter(instance -> Replacement.isNotHonored(this, instance))
                .map(desired::asServed)
                .orElse(desired);
    }

    /** Since when a look must have begun to be evidence in the next check. */
    public Instant evidenceSince() {
        Check check = Checks.current(this);
        return Stream.of(
                        Checks.settledAt(this),
                        surroundings.changedAt(),
                        surroundings.provenSince(),
                        check == null ? Instant.MIN : check.at())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** What clients may believe when no new proof is sought: the last check of an instance that is listed as desired. */
    Truth lastKnownAvailability() {
        if (!isLookedAt()) {
            return Truth.UNKNOWN;
        }
        if (instance()
                .filter(instance -> !Replacement.isDrifted(this, instance))
                .isEmpty()) {
            return Truth.FALSE;
        }
        Check check = Checks.current(this);
        if (check == null) {
            return Truth.UNKNOWN;
        }
        return switch (check.result()) {
            case PASSED -> Checks.isOfAnEarlierTenure(this, check) ? Truth.UNKNOWN : Truth.TRUE;
            case FAILED -> Truth.FALSE;
            case UNKNOWN -> check.isOlderStanding() ? Truth.TRUE : Truth.UNKNOWN;
        };
    }
}
