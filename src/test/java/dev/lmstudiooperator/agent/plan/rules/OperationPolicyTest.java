package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.busy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.unload;
import static dev.lmstudiooperator.agent.plan.PlanInputs.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.Copies;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests that one operation runs at a time per node, and that no busy instance is unloaded before its deadline. */
class OperationPolicyTest {

    @Test
    void operationOfAnotherModelIsAwaited() {
        Decision decision =
                given().loaded().load(8192, null).slotHolder("team-a/chat").decision();

        assertThat(decision.action()).isEqualTo(new Action.Enqueue(unload()));
        assertThat(decision.summary())
                .isEqualTo(new ConditionSummary(
                        ConditionStatus.FALSE,
                        ConditionStatus.FALSE,
                        Progress.RECONCILING,
                        Reason.WAITING_FOR_TURN,
                        "Waiting for team-a/chat; models are loaded and unloaded one at a time per node"));
    }

    @Test
    void drainingHoldsNoTurn() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .slotHolder("team-a/chat")
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void failingModelThatWaitsForTheSlotRecordsNothingYet() {
        Decision decision =
                givenServed().failed(ago(1), 3).slotHolder("team-a/chat").decision();

        assertThat(decision.newFailure()).isNull();
    }

    @Test
    void observationFromBeforeTheDrainDoesNotShowWhetherTheInstanceIsIdle() {
        Decision decision = given().loaded()
                .load(8192, null)
                .drainsSince(ago(1))
                .observedAt(ago(2))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Refresh());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void firstUnloadAttemptObservesWhetherTheInstanceIsBusy() {
        Decision decision = given().loaded().load(8192, null).drainsSince(null).decision();

        assertThat(decision.action()).isEqualTo(new Action.Refresh());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void observationOfASlowMachineShowsWhetherTheInstanceIsIdle() {
        Decision decision = given().loaded()
                .load(8192, null)
                .drainsSince(ago(10))
                .observedAt(ago(9))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void busyInstanceIsLeftInPeaceForAMoment() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .observedAt(ago(1))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.revisitAt()).contains(in(1));
    }

    @Test
    void busyInstanceIsObservedAgain() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .observedAt(ago(2))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Refresh());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void busyInstanceIsNotWaitedForBeyondTheDeadline() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .drainsSince(ago(58))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.revisitAt()).contains(in(2));
        assertThat(decision.summary().message()).contains(in(2).toString());
    }

    @Test
    void noObservationIsNeededAtTheDeadline() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .drainsSince(ago(60))
                .observedAt(ago(30))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void queuedRequestsMakeBusy() {
        Decision decision = given().loaded()
                .with(i -> Copies.copy(i, "queued", 1))
                .load(8192, null)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void failureThatOnlyAChangeHelpsIsNotWaitedFor() {
        assertThat(OperationPolicy.awaitLoad(
                        given().failure(Reason.LOAD_FAILED, ago(9), null).input(), ConditionStatus.FALSE))
                .isEmpty();
    }

    @Test
    void nothingIsWaitedForWithoutAFailure() {
        assertThat(OperationPolicy.awaitLoad(given().input(), ConditionStatus.FALSE))
                .isEmpty();
    }

    @Test
    void publishedInstanceIsReportedAsDrainingFirst() {
        Decision decision =
                givenServed().published().drainsSince(null).deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.Withdraw());
        assertThat(decision.summary())
                .isEqualTo(new ConditionSummary(
                        ConditionStatus.FALSE,
                        ConditionStatus.FALSE,
                        Progress.RECONCILING,
                        Reason.DRAINING,
                        "Unloading assistant, because the ManagedModel is deleted: waiting until no Service sends requests"
                                + " to it"));
    }

    @Test
    void withdrawalIsAwaitedUpToTheTimeout() {
        PlanInputs waiting = givenServed().deleted().drainsSince(null);

        Decision first = waiting.publication(true, false, null).decision();
        assertThat(first.action()).isEqualTo(new Action.AwaitWithdrawal());
        assertThat(first.revisitAt()).contains(in(30));
        Decision later = waiting.publication(true, false, ago(20)).decision();
        assertThat(later.action()).isEqualTo(new Action.AwaitWithdrawal());
        assertThat(later.revisitAt()).contains(in(10));
        assertThat(waiting.publication(true, false, ago(30)).decision().action())
                .isEqualTo(new Action.Refresh());
    }

    @Test
    void withdrawnInstanceIsUnloadedAfterTwoQuietSeconds() {
        PlanInputs withdrawn = givenServed().deleted().publication(false, false, ago(4));

        assertThat(withdrawn.drainsSince(null).decision().action()).isEqualTo(new Action.Refresh());
        assertThat(withdrawn.drainsSince(ago(1)).decision().action()).isEqualTo(new Action.Wait());
        assertThat(withdrawn.drainsSince(ago(2)).decision().action()).isEqualTo(new Action.Execute(unload()));
        assertThat(withdrawn.drainsSince(ago(3)).with(usedAt(ago(1))).decision().action())
                .isEqualTo(new Action.Wait());
        assertThat(withdrawn
                        .drainsSince(ago(60))
                        .with(usedAt(ago(1)))
                        .decision()
                        .action())
                .isEqualTo(new Action.Execute(unload()));
    }

    @Test
    void instanceThatNoServiceSelectsIsUnloadedAtOnce() {
        assertThat(givenServed().deleted().drainsSince(ago(0)).decision().action())
                .isEqualTo(new Action.Execute(unload()));
    }
}
