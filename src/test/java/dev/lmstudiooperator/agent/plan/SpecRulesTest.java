package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecRulesTest {

    private static final List<String> UNREADABLE = List.of("spec.retention is 'Forever', which is not one of this");

    @Test
    void nothingIsGuessedFromASpecThatCannotBeRead() {
        Decision decision = given().desired("unreadable", UNREADABLE).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.INVALID_SPEC);
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.finding().message())
                .startsWith(UNREADABLE.getFirst())
                .contains("Correct the field");
    }

    @Test
    void whatIsServedStaysSo() {
        Decision decision = givenServed().desired("unreadable", UNREADABLE).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.TRUE);
    }
}
