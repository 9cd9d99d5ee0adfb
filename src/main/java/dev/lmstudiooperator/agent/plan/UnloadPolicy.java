package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.time.Instant;

/**
 * Controls when rules may start operations: one at a time per node, and no unload of a busy instance before its
 * deadline.
 */
final class UnloadPolicy {

    /**
     * The delay before a busy instance is observed again. If an observation takes longer, the next one follows as soon
     * as it ends.
     */
    static final Duration PAUSE = Duration.ofSeconds(2);

    private UnloadPolicy() {}

    /** Starts the operation, or waits for the running one. */
    static Decision mutate(PlanInput s, ModelOperation mutation, ConditionSummary finding) {
        String turnOf = s.surroundings().turnOf();
        if (turnOf == null) {
            return Decision.act(new Action.Mutate(mutation), finding);
        }
        return Decision.act(
                new Action.Enqueue(mutation),
                new ConditionSummary(
                        finding.ready(),
                        finding.available(),
                        Progress.RECONCILING,
                        Reason.WAITING_FOR_TURN,
                        "Waiting for %s; models are loaded and unloaded one at a time per node".formatted(turnOf)));
    }

    /** The deadline for a busy instance, counted from the first observation that found it busy. */
    static Instant drainDeadline(PlanInput s) {
        Instant began = s.history().drainBeganAt();
        return (began == null ? s.now() : began).plus(s.desired().drain());
    }

    /** Unloads the instance as soon as it is idle, or at the deadline. */
    static Decision drainThenUnload(PlanInput s, Instance instance, Instant deadline, ConditionSummary finding) {
        return Backoff.awaitUnload(s, finding.available())
                .orElseGet(() -> drainThenUnloadNow(s, instance, deadline, finding));
    }

    /** Unloads the instance even if it may be busy. */
    static Decision unloadNow(PlanInput s, Instance instance, ConditionSummary finding) {
        return Backoff.awaitUnload(s, finding.available())
                .orElseGet(() -> mutate(s, new ModelOperation.Unload(instance.identifier()), finding));
    }

    /** Only an observation that began after the drain started shows whether clients use the instance. */
    private static Decision drainThenUnloadNow(
            PlanInput s, Instance instance, Instant deadline, ConditionSummary finding) {
        Instant beganAt = s.history().drainBeganAt();
        Instant lookedAt = s.observation().loaded().at();
        Instant lookAgainAt = lookedAt.plus(PAUSE);
        if (!s.now().isBefore(deadline)) {
            return mutate(s, new ModelOperation.Unload(instance.identifier()), finding);
        }
        if (beganAt == null || lookedAt.isBefore(beganAt)) {
            return Decision.act(new Action.Refresh(), draining(finding, "checking whether it is busy"));
        }
        if (!instance.isBusy()) {
            return mutate(s, new ModelOperation.Unload(instance.identifier()), finding);
        }
        ConditionSummary draining = draining(finding, "the instance is busy; waiting until " + s.wall(deadline));
        return s.now().isBefore(lookAgainAt)
                ? Decision.restUntil(lookAgainAt.isBefore(deadline) ? lookAgainAt : deadline, draining)
                : Decision.act(new Action.Refresh(), draining);
    }

    private static ConditionSummary draining(ConditionSummary finding, String what) {
        return new ConditionSummary(
                finding.ready(),
                finding.available(),
                Progress.RECONCILING,
                Reason.DRAINING,
                "%s: %s".formatted(finding.message(), what));
    }
}
