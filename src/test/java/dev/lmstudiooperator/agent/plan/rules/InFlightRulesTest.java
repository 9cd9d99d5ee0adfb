package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.KEY;
import static dev.lmstudiooperator.agent.plan.Situations.NAME;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.unload;
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

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LOADING);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).isEmpty();
        assertThat(decision.finding().message()).isEqualTo("Loading %s as %s".formatted(KEY, NAME));
    }

    @Test
    void runningUnloadIsAwaited() {
        Decision decision = given().loaded().running(unload()).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.UNLOADING);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).isEmpty();
        assertThat(decision.finding().message()).contains(NAME);
    }

    @Test
    void loadIsCancelledWhenItsModelIsDeleted() {
        Decision decision = given().loading().deleted().decision();

        assertThat(decision.step()).isEqualTo(new Action.Cancel());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LOADING);
        assertThat(decision.finding().message()).contains(KEY);
    }

    @Test
    void loadIsCancelledWhenItsModelIsSuspended() {
        Decision decision = given().loading().suspended().decision();

        assertThat(decision.step()).isEqualTo(new Action.Cancel());
    }

    @Test
    void loadIsCancelledWhenAnotherRevisionIsAskedFor() {
        Decision decision = given().loading().revision("revision-2").decision();

        assertThat(decision.step()).isEqualTo(new Action.Cancel());
    }

    @Test
    void runningUnloadIsNotCancelled() {
        Decision decision = given().loaded().running(unload()).suspended().decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.UNLOADING);
    }

    @Test
    void runningLoadIsAwaitedAlsoWhenLmStudioIsUnknown() {
        Decision decision = given().loading().lmStudioUnknown().decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LOADING);
    }
}
