package dev.lmstudiooperator.agent.plan.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Decision;

/** Asserts what a decision does. */
final class DecisionAssertions {

    private DecisionAssertions() {}

    static void assertLoads(Decision decision) {
        assertThat(decision.action())
                .isInstanceOfSatisfying(Action.Execute.class, execute -> assertThat(execute.operation())
                        .isInstanceOf(ModelOperation.Load.class));
    }
}
