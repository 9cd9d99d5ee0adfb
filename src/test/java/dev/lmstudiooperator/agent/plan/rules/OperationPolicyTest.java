package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.busy;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.unload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Copies;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests that one operation runs at a time per node, and that no busy instance is unloaded before its deadline. */
class OperationPolicyTest {

    @Test
    void somebodyElsesTurnIsAwaited() {
        Decision decision =
                given().loaded().load(8192, null).turnOf("team-a/chat").decision();

        assertThat(decision.step()).isEqualTo(new Action.Enqueue(unload()));
        assertThat(decision.finding())
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
                .turnOf("team-a/chat")
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void failingModelThatAwaitsItsTurnRemembersNothingYet() {
        Decision decision =
                givenServed().failed(ago(1), 3).turnOf("team-a/chat").decision();

        assertThat(decision.newFailure()).isNull();
    }

    @Test
    void lookFromBeforeTheInstanceWasToGoDoesNotSayWhetherItIsIdle() {
        Decision decision = given().loaded()
                .load(8192, null)
                .drainsSince(ago(1))
                .lookedAt(ago(2))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Refresh());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void firstWishToUnloadLooksWhetherTheInstanceIsBusy() {
        Decision decision = given().loaded().load(8192, null).drainsSince(null).decision();

        assertThat(decision.step()).isEqualTo(new Action.Refresh());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void lookOfASlowMachineSaysWhetherAnInstanceIsIdle() {
        Decision decision = given().loaded()
                .load(8192, null)
                .drainsSince(ago(10))
                .lookedAt(ago(9))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
    }

    @Test
    void busyInstanceIsLeftInPeaceForAMoment() {
        Decision decision =
                given().loaded().with(busy()).load(8192, null).lookedAt(ago(1)).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.revisitAt()).contains(in(1));
    }

    @Test
    void busyInstanceIsLookedAtAgain() {
        Decision decision =
                given().loaded().with(busy()).load(8192, null).lookedAt(ago(2)).decision();

        assertThat(decision.step()).isEqualTo(new Action.Refresh());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void busyInstanceIsNotWaitedForBeyondTheDeadline() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .drainsSince(ago(58))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
        assertThat(decision.revisitAt()).contains(in(2));
        assertThat(decision.finding().message()).contains(in(2).toString());
    }

    @Test
    void noLookIsNeededAtTheDeadline() {
        Decision decision = given().loaded()
                .with(busy())
                .load(8192, null)
                .drainsSince(ago(60))
                .lookedAt(ago(30))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(unload()));
    }

    @Test
    void queuedRequestsMakeBusy() {
        Decision decision = given().loaded()
                .with(i -> Copies.copy(i, "queued", 1))
                .load(8192, null)
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void failureThatOnlyAChangeHelpsIsNotWaitedFor() {
        assertThat(OperationPolicy.awaitLoad(
                        given().failure(Reason.LOAD_FAILED, ago(9), null).situation(), ConditionStatus.FALSE))
                .isEmpty();
    }

    @Test
    void nothingIsWaitedForWithoutAFailure() {
        assertThat(OperationPolicy.awaitLoad(given().situation(), ConditionStatus.FALSE))
                .isEmpty();
    }
}
