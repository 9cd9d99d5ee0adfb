package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Controls when rules may start operations: not before the retry time of a failure, one at a time per node, and no
 * unload of a busy instance before its deadline.
 */
final class OperationPolicy {

    /**
     * The delay before a busy instance is observed again. If an observation takes longer, the next one follows as soon
     * as it ends.
     */
    static final Duration PAUSE = Duration.ofSeconds(2);

    private OperationPolicy() {}

    /** A scheduled attempt after a failure. */
    record Retry(Failure failure, Instant at) {

        private Decision await(PlanInput s, ConditionStatus available) {
            return Decision.underWay(available, failure.reason(), message(s)).until(at);
        }

        String message(PlanInput s) {
            return "%s. Next attempt at %s".formatted(failure.message(), s.wall(at));
        }
    }

    /**
     * The pending retry of a load or unload. A load that failed for lack of memory is retried as soon as memory is
     * freed. A failed download no longer matters once the model is on disk.
     */
    static Optional<Retry> pending(PlanInput s) {
        return anyPending(s).filter(retry -> !retry.failure().isOfDownload()).filter(retry -> !isFreedSince(s, retry));
    }

    /** The pending retry of a download. */
    static Optional<Retry> pendingDownload(PlanInput s) {
        return anyPending(s).filter(retry -> retry.failure().isOfDownload());
    }

    private static Optional<Retry> anyPending(PlanInput s) {
        return Optional.ofNullable(s.history().failure())
                .flatMap(failure -> Optional.ofNullable(failure.retryAt()).map(at -> new Retry(failure, at)))
                .filter(retry -> !s.isDue(retry.at()));
    }

    private static boolean isFreedSince(PlanInput s, Retry retry) {
        return retry.failure().reason() == Reason.INSUFFICIENT_MEMORY
                && s.nodeContext().memoryFreedAt().isAfter(retry.failure().at());
    }

    /** Waits for the retry time if a load has failed. */
    static Optional<Decision> awaitLoad(PlanInput s, ConditionStatus available) {
        return pending(s).map(retry -> retry.await(s, available));
    }

    /** Waits for the retry time of an unload. A failed load does not delay an unload. */
    private static Optional<Decision> awaitUnload(PlanInput s, Decision planned) {
        return pending(s)
                .filter(retry -> !retry.failure().isOfLoad())
                .map(retry -> retry.await(s, planned.summary().available()));
    }

    /** Starts the operation, or waits for the running one. */
    static Decision execute(PlanInput s, ModelOperation operation, Decision planned) {
        String slotHolder = s.nodeContext().slotHolder();
        return slotHolder == null
                ? planned.doing(new Action.Execute(operation))
                : planned.doing(new Action.Enqueue(operation))
                        .whileWaiting(
                                Reason.WAITING_FOR_TURN,
                                "Waiting for %s; models are loaded and unloaded one at a time per node"
                                        .formatted(slotHolder));
    }

    /** Unloads the instance even if it may be busy. */
    static Decision unloadNow(PlanInput s, Instance instance, Decision planned) {
        return awaitUnload(s, planned).orElseGet(() -> unload(s, instance, planned));
    }

    /** Unloads the instance as soon as it is idle, or when it has been drained for as long as the spec allows. */
    static Decision drainThenUnload(PlanInput s, Instance instance, Decision planned) {
        if (!isSelected(s, instance)) {
            return awaitUnload(s, planned).orElseGet(() -> drainThenUnloadNow(s, instance, planned));
        }
        Decision withdrawn = planned.notAvailable();
        return awaitUnload(s, withdrawn)
                .or(() -> awaitWithdrawal(s, withdrawn))
                .orElseGet(() -> drainThenUnloadNow(s, instance, withdrawn));
    }

    private static boolean isSelected(PlanInput s, Instance instance) {
        return s.history().publication().isSelected() && instance.identifier().equals(s.identifier());
    }

    /**
     * Waits until Services send no new requests to the instance. The status reports it as not available first. After that,
     * the controller does not publish it again.
     */
    private static Optional<Decision> awaitWithdrawal(PlanInput s, Decision planned) {
        History.Publication publication = s.history().publication();
        Decision waiting = draining(planned, "waiting until no Service sends requests to it");
        if (publication.isReportedAvailable()) {
            return Optional.of(waiting.doing(new Action.Withdraw()));
        }
        Instant beganAt = publication.withdrawalBeganAt();
        Instant deadline = (beganAt == null ? s.now() : beganAt).plus(publication.timeout());
        return publication.isPublished() && !s.isDue(deadline)
                ? Optional.of(waiting.doing(new Action.AwaitWithdrawal()).until(deadline))
                : Optional.empty();
    }

    /**
     * Whether no request has arrived for a moment since the withdrawal. Clients and proxies observe a withdrawal later than the
     * agent, and may send a last request.
     */
    private static boolean isQuiet(PlanInput s, Instance instance, Instant drainBeganAt) {
        Instant lastUsedAt = instance.lastUsedAt();
        Instant since = lastUsedAt == null || lastUsedAt.isBefore(drainBeganAt) ? drainBeganAt : lastUsedAt;
        return !isSelected(s, instance) || !s.observedAt().isBefore(since.plus(PAUSE));
    }

    /** Only an observation that began after the drain started shows whether clients use the instance. */
    private static Decision drainThenUnloadNow(PlanInput s, Instance instance, Decision planned) {
        Instant beganAt = s.history().drainBeganAt();
        Instant deadline =
                (beganAt == null ? s.now() : beganAt).plus(s.desired().drain());
        if (s.isDue(deadline)) {
            return unload(s, instance, planned);
        }
        if (beganAt == null || s.observedAt().isBefore(beganAt)) {
            return draining(planned, "checking whether it is busy").doing(new Action.Refresh());
        }
        if (!instance.isBusy() && isQuiet(s, instance, beganAt)) {
            return unload(s, instance, planned);
        }
        Decision draining = instance.isBusy()
                ? draining(planned, "the instance is busy; waiting until " + s.wall(deadline))
                : draining(planned, "waiting for last requests");
        Instant refreshAt = s.observedAt().plus(PAUSE);
        return s.isDue(refreshAt)
                ? draining.doing(new Action.Refresh())
                : draining.until(refreshAt).until(deadline);
    }

    private static Decision unload(PlanInput s, Instance instance, Decision planned) {
        return execute(s, new ModelOperation.Unload(instance.identifier()), planned);
    }

    private static Decision draining(Decision planned, String what) {
        return planned.whileWaiting(
                Reason.DRAINING, "%s: %s".formatted(planned.summary().message(), what));
    }
}
