package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.CONTEXT;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.REVISION;
import static dev.lmstudiooperator.agent.plan.PlanInputs.TTL;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.busy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.check;
import static dev.lmstudiooperator.agent.plan.PlanInputs.context;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.instance;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ofModel;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ttlOf;
import static dev.lmstudiooperator.agent.plan.PlanInputs.unload;
import static dev.lmstudiooperator.agent.plan.PlanInputs.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Drift;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the plan for a loaded instance: it must match the spec, be verified, and not expire while it is to be kept. */
class InstanceRulesTest {

    @Test
    void matchingInstanceOfAnotherClientIsAdopted() {
        Decision decision = given().loaded().decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFYING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
    }

    @Test
    void wordOfTheProcessBeforeStandsDuringTheFirstCheck() {
        PlanInputs found = given().loaded().adopted().reportedVerification("chat is served");

        assertThat(found.decision().action()).isEqualTo(new Action.Check());
        assertThat(List.of(found.decision(), found.probing().decision())).allSatisfy(decision -> {
            assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.TRUE);
            assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
            assertThat(decision.summary().message()).isEqualTo("chat is served");
        });
    }

    @Test
    void resultOfThisProcessOutweighsTheStatusOfAnEarlierOne() {
        PlanInputs found = given().loaded().adopted().reportedVerification("chat is served");

        assertThat(found.failed(ago(1), 1).decision().summary().ready()).isEqualTo(ConditionStatus.FALSE);
        assertThat(found.load(8192, null).decision().summary().ready()).isEqualTo(ConditionStatus.FALSE);
        assertThat(found.lmStudioUnknown().decision().summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(found.instances(List.of()).decision().summary().ready()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void driftedInstanceOfAnotherClientIsReloaded() {
        Decision decision = given().loaded().load(8192, null).decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRIFTED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().message()).contains("4096 instead of 8192");
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void adoptedInstanceThatDriftsIsReloaded() {
        Decision decision =
                given().loaded().adopted().begun(REVISION).load(8192, null).decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRIFTED);
    }

    @Test
    void ownLoadWithOtherSettingsIsNotReloaded() {
        Decision decision = givenServed().load(8192, null).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SETTINGS_NOT_HONORED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.summary().message()).contains("4096 instead of 8192");
    }

    @Test
    void clientsCanUseAnOwnLoadWithOtherSettings() {
        PlanInputs unlike = givenServed().load(8192, null);

        assertThat(unlike.decision().summary().ready()).isEqualTo(ConditionStatus.FALSE);
        assertThat(unlike.decision().summary().available()).isEqualTo(ConditionStatus.TRUE);
        assertThat(unlike.with(usedAt(ago(250))).decision().isRenewing()).isTrue();
        assertThat(unlike.passed(ago(60)).decision().action()).isEqualTo(new Action.Check());
    }

    @Test
    void settingsAreNoMatterOfTheCheck() {
        Desired checked = givenServed().load(8192, 2).input().desiredAsServed();

        assertThat(Drift.between(checked, instance()).exists()).isFalse();
    }

    @Test
    void busyInstanceWithoutProgressIsStuck() {
        PlanInputs busy = givenServed().with(busy());

        assertThat(busy.busySince(ago(1799)).decision().summary().reason()).isEqualTo(Reason.VERIFIED);
        Decision stuck = busy.busySince(ago(1800)).decision();
        assertThat(stuck.action()).isEqualTo(new Action.Wait());
        assertThat(stuck.summary().reason()).isEqualTo(Reason.STUCK);
        assertThat(stuck.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(stuck.summary().ready()).isEqualTo(ConditionStatus.FALSE);
        assertThat(stuck.summary().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(stuck.revisitAt()).contains(in(60));
    }

    @Test
    void stuckInstanceIsReloadedOnRequestThoughItIsBusy() {
        Decision decision =
                givenServed().with(busy()).busySince(ago(1800)).reloadStuck().decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.STUCK);
        assertThat(decision.newFailure()).isNotNull();
    }

    @Test
    void busyInstanceKeepsItsVerification() {
        Decision decision = givenServed().busyCheck(ago(5), true).decision();

        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.TRUE);
        assertThat(decision.revisitAt()).contains(in(55));
    }

    @Test
    void busyInstanceThatWasNeverVerifiedIsUnknown() {
        Decision decision = givenServed().busyCheck(ago(5), false).decision();

        assertThat(decision.summary().reason()).isEqualTo(Reason.BUSY);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.revisitAt()).contains(in(5));
    }

    @Test
    void ownLoadThatCameOutAsAnotherModelIsUnloaded() {
        Decision decision = given().loaded()
                .with(ofModel("other"))
                .begun(REVISION)
                .recorded(new History.Recorded("other", CONTEXT, TTL, ago(60)))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.LOAD_FAILED);
    }

    @Test
    void wrongModelIsUnloadedThoughItIsBusyAndItsLoadCountsAsFailed() {
        Decision decision = given().loaded()
                .with(ofModel("other"))
                .with(busy())
                .begun(REVISION)
                .recorded(new History.Recorded("other", CONTEXT, TTL, ago(60)))
                .failure(Reason.LOAD_FAILED, ago(1), in(4))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void unhonoredSettingsAreRemembered() {
        Decision decision = given().loadedAt(ago(60)).load(8192, null).decision();

        assertThat(decision.newFailure())
                .isEqualTo(new Failure(
                        Reason.SETTINGS_NOT_HONORED, decision.summary().message(), NOW, null));
    }

    @Test
    void unhonoredSettingsAreRememberedOnce() {
        Decision decision = given().loadedAt(ago(60))
                .load(8192, null)
                .failure(Reason.SETTINGS_NOT_HONORED, ago(9), null)
                .decision();

        assertThat(decision.newFailure()).isNull();
    }

    @Test
    void unhonoredSettingsReplaceAnOlderFailure() {
        Decision decision = given().loadedAt(ago(60))
                .load(8192, null)
                .failure(Reason.LOAD_FAILED, ago(9), ago(4))
                .decision();

        assertThat(decision.newFailure()).isNotNull();
    }

    @Test
    void ownLoadThatAnotherClientReplacedByAnotherModelIsReloaded() {
        Decision decision = given().loadedAt(ago(60)).with(ofModel("other")).decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRIFTED);
    }

    @Test
    void ownLoadThatAnotherClientReplacedWithAnotherContextIsReloaded() {
        Decision decision =
                given().loadedAt(ago(60)).with(context(1)).load(CONTEXT, null).decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRIFTED);
    }

    @Test
    void ownLoadThatAnotherClientReplacedWithoutATtlIsReloaded() {
        Decision decision = given().loadedAt(ago(60)).with(ttlOf(null)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRIFTED);
        assertThat(decision.summary().message()).contains("none instead of 600 s");
    }

    @Test
    void ownLoadOfAnOlderSpecIsReloaded() {
        Decision decision = given().loadedAt(ago(60))
                .load(8192, null)
                .revision("revision-2")
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRIFTED);
    }

    @Test
    void changeThatLmStudioDoesNotReportCausesAReloadToo() {
        Decision decision = givenServed().revision("revision-2").decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRIFTED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().message()).contains("reload annotation");
    }

    @Test
    void newRevisionOfAnAdoptedInstanceThatMatchesIsLeft() {
        Decision decision = givenServed().adopted().revision("revision-2").decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void unrecordedInstanceThatMatchesIsLeft() {
        Decision decision = givenServed().recorded(null).revision("revision-2").decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void instanceThatWasNeverBegunIsLeft() {
        Decision decision = givenServed().begun(null).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void driftedBusyInstanceIsDrained() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .drainsSince(ago(50))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.revisitAt()).contains(in(2));
        assertThat(decision.summary().message()).contains("is busy");
    }

    @Test
    void busyInstanceThatDriftsLateInALongConvergenceIsStillDrained() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .drain(5)
                .drainsSince(ago(1))
                .differsSince(ago(3600))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.revisitAt()).contains(in(2));
    }

    @Test
    void driftedBusyInstanceIsReloadedAtTheDeadline() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .drainsSince(ago(60))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRIFTED);
    }

    @Test
    void driftedBusyInstanceIsDrainedWhenTheDifferenceIsNew() {
        Decision decision = given().loaded().with(busy()).load(8192, null).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void instanceIsLeftToSettle() {
        Decision decision = given().loadedAt(ago(1)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFYING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(1));
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void settledInstanceIsChecked() {
        Decision decision = given().loadedAt(ago(2)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFYING);
    }

    @Test
    void verificationOutlivesALongerSettleTime() {
        Decision decision = given().loadedAt(ago(1)).passed(ago(0)).decision();

        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void runningCheckIsAwaited() {
        Decision decision = given().loadedAt(ago(60)).probing().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFYING);
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void verificationHoldsWhileTheNextCheckRuns() {
        Decision decision = givenServed().passed(ago(61)).probing().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.SETTLED);
    }

    @Test
    void verificationHoldsWhenTheNextCheckIsDue() {
        Decision decision = givenServed().passed(ago(60)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.SETTLED);
    }

    @Test
    void oldVerificationIsNotReportedAgain() {
        Decision decision = givenServed().passed(ago(70)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFYING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void verificationIsReportedUntilTheNextCheckShouldHaveEnded() {
        Decision decision = givenServed().passed(ago(69)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void verificationInAnotherModeDoesNotCount() {
        Decision decision = givenServed().mode(VerificationMode.INFERENCE).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFYING);
    }

    @Test
    void contradictedVerificationIsCheckedImmediately() {
        Decision decision = givenServed().apiLists(NOW).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void failedCheckIsRepeatedAfterAWhile() {
        Decision decision = givenServed().failed(ago(4), 1).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFICATION_FAILED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(6));
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void unclearCheckIsRepeatedAfterAWhile() {
        Decision decision = givenServed().unclear(ago(4)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SERVER_NOT_RUNNING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(6));
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void failedCheckIsRepeatedWhenDue() {
        Decision decision = givenServed().failed(ago(10), 3).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
    }

    @Test
    void modelThatKeepsFailingIsReloaded() {
        Decision decision = givenServed().failed(ago(1), 3).decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFICATION_FAILED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().message()).contains("3 consecutive failed verifications");
        assertThat(decision.newFailure())
                .extracting("reason", "retryAt")
                .containsExactly(Reason.VERIFICATION_FAILED, in(5));
    }

    @Test
    void modelThatFailsLessOftenIsNotReloaded() {
        Decision decision = givenServed().failed(ago(1), 2).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFICATION_FAILED);
    }

    @Test
    void unclearChecksNeverReload() {
        Decision decision = givenServed()
                .history("lastCheck", check(VerificationResult.UNKNOWN, Reason.SERVER_NOT_RUNNING, ago(1), 9))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SERVER_NOT_RUNNING);
    }

    @Test
    void failingModelThatIsBusyIsDrainedAndNothingIsRemembered() {
        Decision decision = givenServed().failed(ago(1), 3).with(busy()).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.newFailure()).isNull();
    }

    @Test
    void reloadsOfAFailingModelAreSpacedOut() {
        Decision decision = givenServed()
                .failed(ago(1), 3)
                .failure(Reason.VERIFICATION_FAILED, ago(100), ago(80))
                .decision();

        assertThat(decision.newFailure()).extracting("retryAt").isEqualTo(in(40));
    }

    @Test
    void leaseIsRenewedWhenDue() {
        Decision decision = givenServed().with(usedAt(ago(240))).decision();

        assertThat(decision.isRenewing()).isTrue();
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.SETTLED);
    }

    @Test
    void leaseIsNotRenewedBefore() {
        Decision decision = givenServed().with(usedAt(ago(239))).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.revisitAt()).contains(in(1));
    }

    @Test
    void leaseOfATemporaryModelIsNotRenewed() {
        Decision decision = givenServed().with(usedAt(ago(599))).temporary().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.revisitAt()).contains(in(50));
    }

    @Test
    void renewalDoesNotWaitForAnObservation() {
        Decision decision =
                givenServed().with(usedAt(ago(250))).observedAt(ago(11)).decision();

        assertThat(decision.isRenewing()).isTrue();
        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void servedModelIsAtRestUntilTheNextCheck() {
        Decision decision = givenServed().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.SETTLED);
        assertThat(decision.revisitAt()).contains(in(50));
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.TRUE);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void servedModelIsAtRestUntilTheNextRenewal() {
        Decision decision = givenServed().with(usedAt(ago(200))).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.revisitAt()).contains(in(40));
    }

    @Test
    void leaseOfWhatFailsItsCheckIsNotRenewed() {
        Decision decision =
                givenServed().with(usedAt(ago(500))).failed(ago(1), 1).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFICATION_FAILED);
        assertThat(decision.revisitAt()).contains(in(9));
    }

    @Test
    void failedCheckOfWhatIsGoneSinceDelaysNoLoad() {
        Decision decision = given().begun(REVISION).failed(ago(1), 1).decision();

        assertThat(decision.action()).isInstanceOf(Action.Execute.class);
    }

    @Test
    void whatIsGoneBeforeItHasSettledIsLoadedAtOnce() {
        Decision decision =
                given().begun(REVISION).recorded(PlanInputs.recordedAt(ago(1))).decision();

        assertThat(decision.action()).isInstanceOf(Action.Execute.class);
    }
}
