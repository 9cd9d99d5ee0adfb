package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Instant;
import java.util.Optional;

/** Everything that a rule may know. */
public record Situation(
        Desired desired, Observation observation, History history, Surroundings surroundings, Instant now) {

    Optional<Instance> instance() {
        return observation.instance(desired.identifier());
    }

    /** What clients may believe when no new proof is at hand: the last check of an instance that is still listed. */
    Truth lastKnownAvailability() {
        Check check = history.lastCheck();
        if (check == null) {
            return Truth.UNKNOWN;
        }
        return switch (check.result()) {
            case PASSED -> Truth.TRUE;
            case FAILED -> Truth.FALSE;
            case UNKNOWN -> Truth.UNKNOWN;
        };
    }
}
