package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.time.Instant;

/** How a rule gets at LM Studio's memory: one mutation at a time per node, and no busy instance before its deadline. */
final class Turns {

    /** A busy instance is looked at again after this time, or as soon as the last look has ended if that takes longer. */
    static final Duration PAUSE = Duration.ofSeconds(2);

    private Turns() {}

    /** Carries the mutation out, or waits for whoever changes LM Studio now. */
    static Decision mutate(Situation s, Mutation mutation, Finding finding) {
        String turnOf = s.surroundings().turnOf();
        if (turnOf == null) {
            return Decision.act(new Step.Mutate(mutation), finding);
        }
        return Decision.act(
                new Step.AwaitTurn(mutation),
                new Finding(
                        finding.ready(),
                        finding.available(),
                        Progress.RECONCILING,
                        Reason.WAITING_FOR_TURN,
                        "Waiting for %s; models are loaded and unloaded one at a time per node".formatted(turnOf)));
    }

    /** Until when a busy instance is waited for, counted from the first look that found it so. */
    static Instant drainDeadline(Situation s) {
        Instant began = s.history().drainBeganAt();
        return (began == null ? s.now() : began).plus(s.desired().drain());
    }

    /** Unloads the instance as soon as it is idle, or at the deadline. */
    static Decision drainThenUnload(Situation s, Instance instance, Instant deadline, Finding finding) {
        return Backoff.awaitUnload(s, finding.available())
                .orElseGet(() -> drainThenUnloadNow(s, instance, deadline, finding));
    }

    /** Unloads the instance though it may be busy. */
    static Decision unloadNow(Situation s, Instance instance, Finding finding) {
        return Backoff.awaitUnload(s, finding.available())
                .orElseGet(() -> mutate(s, new Mutation.Unload(instance.identifier()), finding));
    }

    /** Only a look that began after the instance was to go says whether anybody uses it. */
    private static Decision drainThenUnloadNow(Situation s, Instance instance, Instant deadline, Finding finding) {
        Instant beganAt = s.history().drainBeganAt();
        Instant lookedAt = s.observation().loaded().at();
        Instant lookAgainAt = lookedAt.plus(PAUSE);
        if (!s.now().isBefore(deadline)) {
            return mutate(s, new Mutation.Unload(instance.identifier()), finding);
        }
        if (beganAt == null || lookedAt.isBefore(beganAt)) {
            return Decision.act(new Step.Look(), draining(finding, "looks whether it is busy"));
        }
        if (!instance.isBusy()) {
            return mutate(s, new Mutation.Unload(instance.identifier()), finding);
        }
        Finding draining = draining(finding, "the instance is busy; waiting until " + s.wall(deadline));
        return s.now().isBefore(lookAgainAt)
                ? Decision.restUntil(lookAgainAt.isBefore(deadline) ? lookAgainAt : deadline, draining)
                : Decision.act(new Step.Look(), draining);
    }

    private static Finding draining(Finding finding, String what) {
        return new Finding(
                finding.ready(),
                finding.available(),
                Progress.RECONCILING,
                Reason.DRAINING,
                "%s: %s".formatted(finding.message(), what));
    }
}
