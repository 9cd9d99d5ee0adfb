package dev.lmstudiooperator.agent.plan;

import java.util.Optional;

/** One piece of policy. It decides, or leaves the decision to the rules after it. */
@FunctionalInterface
interface Rule {
    Optional<Decision> decide(PlanInput situation);
}
