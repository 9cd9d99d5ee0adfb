package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NAME;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.unload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests the plan while an operation runs for this ManagedModel. */
class InFlightRulesTest {

    @Test
    void runningLoadIsAwaited() {
        Decision decision = given().loading().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LOADING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).isEmpty();
        assertThat(decision.summary().message()).isEqualTo("Loading %s as %s".formatted(KEY, NAME));
    }

    @Test
    void runningUnloadIsAwaited() {
        Decision decision = given().loaded().running(unload()).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.UNLOADING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).isEmpty();
        assertThat(decision.summary().message()).contains(NAME);
    }

    @Test
    void loadIsCancelledWhenItsModelIsDeleted() {
        Decision decision = given().loading().deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.Cancel());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LOADING);
        assertThat(decision.summary().message()).contains(KEY);
    }

    @Test
    void loadIsCancelledWhenItsModelIsSuspended() {
        Decision decision = given().loading().suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Cancel());
    }

    @Test
    void loadIsCancelledWhenAnotherRevisionIsAskedFor() {
        Decision decision = given().loading().revision("revision-2").decision();

        assertThat(decision.action()).isEqualTo(new Action.Cancel());
    }

    @Test
    void runningUnloadIsNotCancelled() {
        Decision decision = given().loaded().running(unload()).suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.UNLOADING);
    }

    @Test
    void runningLoadIsAwaitedAlsoWhenLmStudioIsUnknown() {
        Decision decision = given().loading().lmStudioUnknown().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LOADING);
    }
}
