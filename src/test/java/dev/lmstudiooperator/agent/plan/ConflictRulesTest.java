package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Situations.context;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.identifier;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.onDevice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests that an identifier is unique per node. */
class ConflictRulesTest {

    @Test
    void youngerClaimantYields() {
        Decision decision = given().olderClaimant("team-a/chat").decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.finding().message()).contains("team-a/chat");
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void youngerClaimantChangesNothingThatIsLoaded() {
        Decision decision = given().loaded()
                .with(context(1))
                .load(2, null)
                .olderClaimant("team-a/chat")
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void youngerClaimantYieldsAlsoWhenLmStudioIsUnknown() {
        Decision decision =
                givenServed().lmStudioUnknown().olderClaimant("team-a/chat").decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void identifierOfALinkedDeviceIsLeftToIt() {
        Decision decision =
                given().besides(onDevice("laptop").apply(instance())).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void nothingIsUnloadedWhileALinkedDeviceServesTheSameIdentifier() {
        Decision decision = given().loaded()
                .with(context(1))
                .load(2, null)
                .besides(onDevice("laptop").apply(instance()))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void otherIdentifiersOfALinkedDeviceDoNotMatter() {
        Decision decision = given().besides(
                        identifier("other").andThen(onDevice("laptop")).apply(instance()))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.RecordIntent());
    }
}
