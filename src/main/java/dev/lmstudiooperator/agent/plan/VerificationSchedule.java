package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides when an instance is checked. */
public final class VerificationSchedule {

    /** The delay before the next check after one that did not pass, unless the period is shorter. */
    static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    /** The delay before the next check while LM Studio reports that it still loads the model. */
    static final Duration WHILE_LOADING = Duration.ofSeconds(2);

    /** How long a verification outlives failing reads, but at most until the next check is due. Reads fail occasionally. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private VerificationSchedule() {}

    /** The last check of this instance in the desired mode; null when there was none since the load. */
    public static @Nullable VerificationOutcome current(PlanInput s) {
        VerificationOutcome check = s.history().lastCheck();
        Instant loadedAt = s.history().loadedAt();
        return check == null
                        || check.mode() != s.desired().verification().mode()
                        || (loadedAt != null && check.at().isBefore(loadedAt))
                ? null
                : check;
    }

    /**
     * The verification that is valid without a new observation of LM Studio. It matches the spec, is not contradicted,
     * and its next check is not due yet.
     */
    public static Optional<VerificationOutcome> valid(PlanInput s) {
        return Optional.ofNullable(current(s))
                .filter(VerificationOutcome::hasPassed)
                .filter(check -> !precedesLease(s, check))
                .filter(check ->
                        !s.isDue(verificationEndsAt(s, check, s.observation().loaded())))
                .filter(check -> s.history().convergenceBeganAt() == null || isMadeWhileUnlistable(s, check))
                .filter(check -> !s.desired().isDeleted() && isRecordedAsDesired(s));
    }

    /**
     * Whether the next check should have ended by now, or the agent has lost its Lease since this check, so that the
     * controller may have marked the node as lost.
     */
    public static boolean isOutdated(PlanInput s, VerificationOutcome check) {
        return precedesLease(s, check)
                || s.isDue(nextAt(s, check).plus(s.desired().verification().timeout()));
    }

    /**
     * Whether the check precedes the current hold of the Lease. If the clock was set back, every check appears earlier.
     * That must not cause endless checks.
     */
    static boolean precedesLease(PlanInput s, VerificationOutcome check) {
        Instant heldSince = s.nodeContext().heldSince();
        return check.at().isBefore(heldSince) && s.isDue(heldSince);
    }

    /** When the next check is due. */
    public static Instant dueAt(PlanInput s) {
        VerificationOutcome check = current(s);
        if (s.history().renewal().hasFailed()) {
            return s.now();
        }
        if (check == null) {
            return settledAt(s);
        }
        if (check.isEarlierValid()) {
            return nextAt(s, check);
        }
        if (check.hasPassed()) {
            return isContradicted(s, check) || precedesLease(s, check)
                    ? s.now()
                    : verificationEndsAt(s, check, s.observation().served());
        }
        Instant retryAt = check.at().plus(check.reason() == Reason.LOADING ? WHILE_LOADING : AFTER_FAILURE);
        return Collections.min(List.of(nextAt(s, check), retryAt));
    }

    /** When the next check is due, depending on the last read of one source. */
    public static Instant verificationEndsAt(PlanInput s, VerificationOutcome check, Reading<?> source) {
        Instant dueAt = nextAt(s, check);
        return switch (source) {
            case Reading.Known<?> known -> dueAt;
            case Reading.Unknown<?> unknown when isUnlistable(unknown.why()) -> dueAt;
            case Reading.Unknown<?> unknown ->
                Collections.min(List.of(unknown.since().plus(PATIENCE), dueAt));
        };
    }

    private static Instant nextAt(PlanInput s, VerificationOutcome check) {
        return check.at().plus(s.desired().verification().period());
    }

    /** LM Studio works, but {@code lms} cannot list an instance of another client. That does not affect a verification. */
    public static boolean isUnlistable(LmStudioFailure why) {
        return why.is(DomainFailure.Kind.UNLISTABLE_INSTANCE);
    }

    /**
     * Whether the check was made while {@code lms} could not list instances. Such a check is valid without an earlier
     * one.
     */
    public static boolean isMadeWhileUnlistable(PlanInput s, VerificationOutcome check) {
        return s.cliFailure()
                .filter(unknown -> isUnlistable(unknown.why()))
                .filter(unknown -> !check.at().isBefore(unknown.since()))
                .isPresent();
    }

    /** When the first check after the load is due; {@link Instant#MIN} when another client loaded the instance. */
    public static Instant settledAt(PlanInput s) {
        Instant loadedAt = s.history().loadedAt();
        return loadedAt == null
                ? Instant.MIN
                : loadedAt.plus(s.desired().verification().settle());
    }

    /** Whether the recorded instance matches the desired state. */
    public static boolean isRecordedAsDesired(PlanInput s) {
        History.Recorded recorded = s.history().recorded();
        if (recorded == null || !recorded.isAdopted()) {
            return recorded != null && s.isLoadBegun();
        }
        Integer contextLength = s.desired().load().contextTokens(null);
        return recorded.modelKey().equals(s.modelKey())
                && s.desired().ttl().equals(recorded.ttl())
                && (contextLength == null || contextLength <= recorded.contextLength());
    }

    /** Whether the HTTP API no longer lists the verified instance. */
    private static boolean isContradicted(PlanInput s, VerificationOutcome check) {
        return s.observation().served() instanceof Reading.Known<ApiModelList> known
                && known.at().isAfter(check.at())
                && !s.observation().isServed(s.identifier(), s.modelKey());
    }
}
