package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.agent.plan.History.Recorded;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The complete input of a planning rule. */
public record PlanInput(
        Desired desired, Observation observation, History history, NodeContext nodeContext, Instant now) {

    public String identifier() {
        return desired.identifier();
    }

    public String modelKey() {
        return desired.modelKey();
    }

    /** The instance with the desired identifier; empty also when LM Studio could not be queried. */
    public Optional<Instance> instance() {
        return observation.instance(identifier());
    }

    /** Whether the last {@code lms ps} succeeded. */
    public boolean isObserved() {
        return observation.loaded().isKnown();
    }

    /** The last {@code lms ps} if it failed. */
    public Optional<Reading.Unknown<List<Instance>>> cliFailure() {
        return switch (observation.loaded()) {
            case Reading.Known<List<Instance>> known -> Optional.empty();
            case Reading.Unknown<List<Instance>> unknown -> Optional.of(unknown);
        };
    }

    /** When the last {@code lms ps} began. */
    public Instant observedAt() {
        return observation.loaded().at();
    }

    /** Whether the time has come. */
    public boolean isDue(Instant time) {
        return !now.isBefore(time);
    }

    /** Converts a time of this process to wall-clock time. */
    public Instant wall(Instant time) {
        return time.plus(nodeContext.wallOffset());
    }

    /** Whether a linked device serves an instance with the desired identifier. */
    public boolean isOnLinkedDevice() {
        return observation.isOnLinkedDevice(identifier());
    }

    /** Whether the desired load has started, or its intent is recorded. */
    public boolean isLoadBegun() {
        return desired.loadRevision().equals(history.begunRevision());
    }

    /** Whether the desired load has succeeded. */
    public boolean isLoadDone() {
        return desired.loadRevision().equals(history.loadedRevision());
    }

    /** Whether a load is required: of a missing instance, or to replace an existing one. */
    public boolean isLoadAhead() {
        return instance()
                .map(instance -> isDrifted(instance) || isOfOlderRevision())
                .orElse(true);
    }

    /** Settings that LM Studio does not report, such as the GPU share, and a reload request show only in the revision. */
    public boolean isOfOlderRevision() {
        return history.isOwn() && history.begunRevision() != null && !isLoadBegun();
    }

    /** Whether the instance differs from the desired state and another load can fix that. */
    public boolean isDrifted(Instance instance) {
        return Drift.between(desired, instance).exists() && !isNotHonored(instance);
    }

    /** Whether the agent loaded the instance with these settings and it still differs. Another load has the same result. */
    public boolean isNotHonored(Instance instance) {
        Drift drift = Drift.between(desired, instance);
        return drift.exists() && !drift.isOtherModel() && isOwnLoad(instance);
    }

    /** Whether a load of this agent for the current revision produced the instance, even if it is of another model. */
    public boolean isOwnLoad(Instance instance) {
        Recorded recorded = history.recorded();
        return recorded != null
                && !recorded.isAdopted()
                && isLoadBegun()
                && recorded.modelKey().equals(instance.modelKey())
                && recorded.contextLength() == instance.contextLength()
                && Objects.equals(recorded.ttl(), instance.ttl());
    }

    /** The desired state for a check. LM Studio may serve the model without having honored the settings. */
    public Desired desiredAsServed() {
        return instance().filter(this::isNotHonored).map(desired::asServed).orElse(desired);
    }

    /** The earliest start of an observation that the next check accepts. */
    public Instant evidenceSince() {
        VerificationOutcome check = VerificationSchedule.current(this);
        return Stream.of(
                        VerificationSchedule.settledAt(this),
                        nodeContext.changedAt(),
                        nodeContext.heldSince(),
                        check == null ? Instant.MIN : check.at())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /**
     * The availability without a new check: the result of the last check, if the listed instance matches the desired
     * state.
     */
    public ConditionStatus lastKnownAvailability() {
        if (!isObserved()) {
            return ConditionStatus.UNKNOWN;
        }
        if (instance().filter(instance -> !isDrifted(instance)).isEmpty()) {
            return ConditionStatus.FALSE;
        }
        VerificationOutcome check = VerificationSchedule.current(this);
        if (check == null) {
            return ConditionStatus.UNKNOWN;
        }
        return switch (check.result()) {
            case PASSED ->
                VerificationSchedule.precedesLease(this, check) ? ConditionStatus.UNKNOWN : ConditionStatus.TRUE;
            case FAILED -> ConditionStatus.FALSE;
            case UNKNOWN -> check.isEarlierValid() ? ConditionStatus.TRUE : ConditionStatus.UNKNOWN;
        };
    }
}
