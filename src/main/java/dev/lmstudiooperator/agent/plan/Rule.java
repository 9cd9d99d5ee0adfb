package dev.lmstudiooperator.agent.plan;

import java.util.Optional;

/** One planning rule. It returns a decision, or leaves it to the rules that follow. */
@FunctionalInterface
interface Rule {
    Optional<Decision> decide(PlanInput situation);
}
