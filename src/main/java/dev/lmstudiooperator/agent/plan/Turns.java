package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.time.Instant;

/** How a rule gets at LM Studio's memory: one mutation at a time per node, and no busy instance before its deadline. */
final class Turns {

    /**
     * How old a look may be that says whether an instance is busy. A look is as old as its beginning, so this is what
     * {@code lms ps} may take on a slow machine: with less, every look would be too old already, and looked for again.
     */
    static final Duration FRESH = Duration.ofSeconds(10);

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
                        "Waits for %s: one model at a time is loaded or unloaded on a node".formatted(turnOf)));
    }

    /** Unloads the instance as soon as it is idle, or at the deadline. */
    static Decision drainThenUnload(Situation s, Instance instance, Instant deadline, Finding finding) {
        return Backoff.awaitRetry(s, finding.available())
                .orElseGet(() -> drainThenUnloadNow(s, instance, deadline, finding));
    }

    private static Decision drainThenUnloadNow(Situation s, Instance instance, Instant deadline, Finding finding) {
        Instant lookedAt = s.observation().loaded().at();
        Instant lookAgainAt = lookedAt.plus(FRESH);
        boolean isTimeLeft = s.now().isBefore(deadline);
        if (isTimeLeft && !s.now().isBefore(lookAgainAt)) {
            return Decision.act(new Step.Look(), finding);
        }
        if (isTimeLeft && instance.isBusy()) {
            Finding draining = new Finding(
                    finding.ready(),
                    finding.available(),
                    Progress.RECONCILING,
                    Reason.DRAINING,
                    "%s. The instance is busy and is waited for until %s".formatted(finding.message(), deadline));
            return Decision.restUntil(lookAgainAt.isBefore(deadline) ? lookAgainAt : deadline, draining);
        }
        return mutate(s, new Mutation.Unload(instance.identifier()), finding);
    }
}
