package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.CONTEXT;
import static dev.lmstudiooperator.agent.plan.PlanInputs.REVISION;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.context;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.recordedAt;
import static dev.lmstudiooperator.agent.plan.PlanInputs.unload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that the agent does not act without the necessary information. */
class PreconditionRulesTest {

    @Test
    void suspendedModelIsLeftAlone() {
        Decision decision = given().suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SUSPENDED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.SETTLED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void suspendedModelThatDriftedIsLeftAlone() {
        Decision decision =
                given().loaded().with(context(1)).load(2, null).suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SUSPENDED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void suspendedModelKeepsItsVerification() {
        Decision decision = givenServed().suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SUSPENDED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void suspendedModelWhoseCheckFailedIsNotAvailable() {
        Decision decision = givenServed().failed(ago(1), 1).suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SUSPENDED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void suspendedModelWhoseCheckWasUnclearIsNotKnownToBeAvailable() {
        Decision decision = givenServed().unclear(ago(1)).suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SUSPENDED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void suspendedModelWithoutACheckIsNotKnownToBeAvailable() {
        Decision decision = given().loaded().suspended().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SUSPENDED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void suspendedModelIsNotUnavailableAfterAFailedObservation() {
        Decision decision = givenServed().suspended().lmStudioUnknown().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SUSPENDED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void failedObservationIsUnknownAndNeverAbsent() {
        Decision decision = given().loadedAt(ago(60)).lmStudioUnknown().decision();

        assertThat(decision.action()).isInstanceOf(Action.Probe.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.revisitAt()).isEmpty();
        assertThat(decision.summary().message()).contains("no answer");
    }

    @Test
    void failedObservationKeepsTheVerificationUntilTheNextIsDue() {
        Decision decision = givenServed().lmStudioUnknown().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.SETTLED);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.TRUE);
        assertThat(decision.revisitAt()).contains(in(30));
    }

    @Test
    void repeatedlyFailedObservationsRevokeTheVerificationBeforeTheNextIsDue() {
        PlanInputs hourly = givenServed().checkPeriod(3600);

        assertThat(hourly.lmStudioUnknownSince(ago(29)).decision().summary().reason())
                .isEqualTo(Reason.VERIFIED);
        assertThat(hourly.lmStudioUnknownSince(ago(30)).decision().summary().reason())
                .isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationEndsWhenTheNextIsDue() {
        Decision decision = givenServed().passed(ago(60)).lmStudioUnknown().decision();

        assertThat(decision.action()).isInstanceOf(Action.Probe.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void failedCheckVerifiesNothing() {
        Decision decision = givenServed().failed(ago(1), 1).lmStudioUnknown().decision();

        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationOfAnOlderSpecDoesNotCount() {
        Decision decision =
                givenServed().revision("revision-2").lmStudioUnknown().decision();

        assertThat(decision.action()).isInstanceOf(Action.Probe.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void verificationOfAMissingInstanceDoesNotCount() {
        Decision decision = givenServed().differsSince(ago(3)).lmStudioUnknown().decision();

        assertThat(decision.action()).isInstanceOf(Action.Probe.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationOfAnUnrecordedInstanceDoesNotCount() {
        Decision decision = givenServed().recorded(null).lmStudioUnknown().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationOfADeletedModelDoesNotCount() {
        Decision decision = givenServed().deleted().lmStudioUnknown().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationInAnotherModeDoesNotCount() {
        Decision decision =
                givenServed().mode(VerificationMode.INFERENCE).lmStudioUnknown().decision();

        assertThat(decision.action()).isInstanceOf(Action.Probe.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationOfAnAdoptedInstanceCounts() {
        Decision decision = given().loaded()
                .adopted()
                .load(CONTEXT, null)
                .passed(ago(1))
                .lmStudioUnknown()
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void verificationOfAnAdoptedInstanceEndsWithItsModel() {
        Decision decision = given().loaded()
                .adopted()
                .passed(ago(1))
                .model("other")
                .lmStudioUnknown()
                .decision();

        assertThat(decision.action()).isInstanceOf(Action.Probe.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationOfAnAdoptedInstanceEndsWithItsTtl() {
        Decision decision = given().loaded()
                .adopted()
                .passed(ago(1))
                .ttl(Duration.ofSeconds(30))
                .lmStudioUnknown()
                .decision();

        assertThat(decision.action()).isInstanceOf(Action.Probe.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationOfAnAdoptedInstanceEndsWithItsContextLength() {
        Decision decision = given().loaded()
                .adopted()
                .passed(ago(1))
                .load(8192, null)
                .lmStudioUnknown()
                .decision();

        assertThat(decision.action()).isInstanceOf(Action.Probe.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void outdatedObservationIsRefreshed() {
        Decision decision = given().observedAt(ago(5)).changedAt(ago(4)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Refresh());
        assertThat(decision.summary().reason()).isEqualTo(Reason.OBSERVING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void observationThatBeganWithTheChangeIsRefreshed() {
        Decision decision = given().observedAt(ago(5)).changedAt(ago(5)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Refresh());
    }

    @Test
    void observationAfterTheChangeIsNotRefreshed() {
        Decision decision = given().observedAt(ago(5)).changedAt(ago(6)).decision();

        assertThat(decision.action()).isEqualTo(new Action.RecordIntent());
    }

    @Test
    void changeForAnotherModelRevokesNoVerification() {
        Decision decision = givenServed().observedAt(ago(5)).changedAt(ago(4)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Refresh());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.SETTLED);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void changedSpecIsAcknowledgedBeforeAnythingIsDone() {
        Decision decision = given().observedGeneration(0).begun(REVISION).decision();

        assertThat(decision)
                .isEqualTo(Decision.waiting(new ConditionSummary(
                                ConditionStatus.UNKNOWN,
                                ConditionStatus.FALSE,
                                Progress.RECONCILING,
                                Reason.OBSERVING,
                                "Spec changed; observing the current state"))
                        .doing(new Action.Acknowledge()));
    }

    @Test
    void changedSpecTakesNoAvailabilityBack() {
        Decision decision = givenServed().observedGeneration(0).decision();

        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void changedSpecIsAcknowledgedBeforeItCancelsALoad() {
        PlanInputs loading = given().loading().revision("revision-2");

        assertThat(loading.observedGeneration(0).decision().action()).isEqualTo(new Action.Acknowledge());
        assertThat(loading.observedGeneration(1).decision().action()).isEqualTo(new Action.Cancel());
    }

    @Test
    void changedSpecIsAcknowledgedAlsoWhenItSuspends() {
        assertThat(given().suspended()
                        .observedGeneration(0)
                        .decision()
                        .summary()
                        .reason())
                .isEqualTo(Reason.OBSERVING);
    }

    @Test
    void newObjectHasNoVerificationToRevoke() {
        assertThat(given().observedGeneration(-1).decision().action()).isEqualTo(new Action.RecordIntent());
    }

    @Test
    void deletionIsNoChangeOfTheSpec() {
        assertThat(given().observedGeneration(0)
                        .deleted()
                        .begun(REVISION)
                        .loaded()
                        .recorded(recordedAt(ago(60)))
                        .decision()
                        .action())
                .isEqualTo(new Action.Execute(unload()));
    }

    private static final List<String> UNREADABLE = List.of("spec.retention is 'Forever', which is not one of this");

    @Test
    void nothingIsGuessedFromASpecThatCannotBeRead() {
        Decision decision = given().desired("unreadable", UNREADABLE).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.INVALID_SPEC);
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.summary().message())
                .startsWith(UNREADABLE.getFirst())
                .contains("Correct the field");
    }

    @Test
    void whatIsServedStaysSo() {
        Decision decision = givenServed().desired("unreadable", UNREADABLE).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.TRUE);
    }
}
