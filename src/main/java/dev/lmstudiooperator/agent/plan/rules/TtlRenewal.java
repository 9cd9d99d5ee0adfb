package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.VerificationSchedule;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Renews an idle instance well before half of its TTL has passed, so that it stays loaded. LM Studio counts the TTL
 * from the last request, so an answered request is sufficient evidence of a renewal. A renewal does not wait for an
 * observation of LM Studio, which may hang, or for any other action.
 */
final class TtlRenewal {

    /** The delay before a renewal that was not answered is retried. */
    static final Duration RETRY = Duration.ofSeconds(10);

    private TtlRenewal() {}

    /** Adds a renewal to the decision when one is due. */
    static Decision addTo(Decision decision, PlanInput s) {
        return switch (decision.action()) {
            case Action.Execute execute -> decision;
            case Action.Enqueue await -> decision;
            case Action.RemoveFinalizer release -> decision;
            case Action.Wait wait -> renewed(decision, s);
            case Action.AwaitWithdrawal await -> renewed(decision, s);
            case Action.Probe probe -> renewed(decision, s);
            case Action.WriteStatus write -> renewed(decision, s);
            case Action.Cancel cancel -> renewed(decision, s);
            case Action.Download download -> renewed(decision, s);
            case Action.CancelDownload cancel -> renewed(decision, s);
        };
    }

    private static Decision renewed(Decision decision, PlanInput s) {
        if (!isKeptLoaded(s) || s.history().renewal().isUnderWay()) {
            return decision;
        }
        Instant dueAt = dueAt(s);
        return s.isDue(dueAt) ? decision.renewing() : decision.until(dueAt);
    }

    /**
     * The HTTP API must list the instance. Otherwise LM Studio loads the model itself (just-in-time loading) on the
     * request.
     */
    private static boolean isKeptLoaded(PlanInput s) {
        Desired desired = s.desired();
        boolean isWanted = !desired.isTemporary()
                && !desired.isDeleted()
                && !desired.isSuspended()
                && desired.unreadable().isEmpty()
                && s.nodeContext().olderOwner() == null;
        boolean isAtRest = s.history().running() == null && !s.history().isLoadInterrupted();
        return isWanted
                && isAtRest
                && s.history().recorded() != null
                && !isFailing(s)
                && s.observation().isServed(s.identifier(), s.modelKey())
                && (!s.isObserved() || isAsDesired(s));
    }

    /** Whether the last check failed. Checks then send the requests. */
    private static boolean isFailing(PlanInput s) {
        VerificationOutcome check = VerificationSchedule.current(s);
        return check != null && check.result() == VerificationResult.FAILED;
    }

    /** Whether the instance is listed and needs no reload. */
    private static boolean isAsDesired(PlanInput s) {
        return !s.isOnLinkedDevice() && !s.isLoadAhead();
    }

    static Instant dueAt(PlanInput s) {
        Instant usedAt = isClockDoubtful(s)
                ? Instant.MIN
                : s.instance()
                        .map(instance -> usedAt(s, instance))
                        .orElseGet(() -> latest(s.history().loadedAt(), succeededAt(s)));
        Duration share = s.desired().ttl().multipliedBy(2).dividedBy(5);
        Instant dueAt = usedAt.equals(Instant.MIN) ? usedAt : usedAt.plus(share);
        Instant attemptedAt = s.history().renewal().attemptedAt();
        Instant retryAt = attemptedAt == null ? Instant.MIN : attemptedAt.plus(RETRY);
        return latest(dueAt, retryAt);
    }

    /**
     * Whether times from LM Studio or the status are unreliable because the wall clock was set. They no longer show how
     * long an instance has been idle, until a renewal succeeds.
     */
    private static boolean isClockDoubtful(PlanInput s) {
        Instant renewedAt = succeededAt(s);
        Instant setAt = s.nodeContext().wallSetAt();
        return setAt == null
                ? renewedAt == null
                        && s.instance().filter(TtlRenewal::isInTheFuture).isPresent()
                : renewedAt == null || renewedAt.isBefore(setAt);
    }

    private static boolean isInTheFuture(Instance instance) {
        return Instant.EPOCH.equals(instance.lastUsedAt());
    }

    /** A busy instance is not idle. Its idle timer starts when it finishes. */
    private static Instant usedAt(PlanInput s, Instance instance) {
        Instant renewedAt = succeededAt(s);
        if (instance.isBusy()) {
            return latest(s.observedAt(), renewedAt);
        }
        Instant lastUsedAt = isInTheFuture(instance) ? null : instance.lastUsedAt();
        // A later observation shows whether LM Studio counts the renewal.
        boolean isObservedSince = renewedAt != null && s.observedAt().isAfter(renewedAt) && lastUsedAt != null;
        return latest(lastUsedAt, s.history().loadedAt(), isObservedSince ? null : renewedAt);
    }

    private static @Nullable Instant succeededAt(PlanInput s) {
        return s.history().renewal().succeededAt();
    }

    private static Instant latest(@Nullable Instant... times) {
        return Stream.of(times).filter(Objects::nonNull).max(Instant::compareTo).orElse(Instant.MIN);
    }
}
