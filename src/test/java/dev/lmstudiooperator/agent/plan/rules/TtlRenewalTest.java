package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.busy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.instance;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ofModel;
import static dev.lmstudiooperator.agent.plan.PlanInputs.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests when a KeepLoaded model gets its renewal request. */
class TtlRenewalTest {

    @Test
    void dueAfterTwoFifthsOfTheTtlSinceTheLastUse() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .instances(List.of(usedAt(ago(100)).apply(instance())))
                        .input()))
                .isEqualTo(in(140));
    }

    @Test
    void dueAfterTwoFifthsOfTheTtlSinceTheLoad() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(60))
                        .instances(List.of(usedAt(ago(100)).apply(instance())))
                        .input()))
                .isEqualTo(in(180));
    }

    @Test
    void neverUsedInstanceCountsFromItsLoad() {
        assertThat(TtlRenewal.dueAt(
                        given().loadedAt(ago(60)).instances(List.of(instance())).input()))
                .isEqualTo(in(180));
    }

    @Test
    void adoptedInstanceCountsFromItsLastUse() {
        assertThat(TtlRenewal.dueAt(given().adopted()
                        .instances(List.of(usedAt(ago(100)).apply(instance())))
                        .input()))
                .isEqualTo(in(140));
    }

    @Test
    void adoptedInstanceThatWasNeverUsedIsDueAtOnce() {
        assertThat(TtlRenewal.dueAt(
                        given().adopted().instances(List.of(instance())).input()))
                .isEqualTo(Instant.MIN);
    }

    @Test
    void unrecordedInstanceThatWasNeverUsedIsDueAtOnce() {
        assertThat(TtlRenewal.dueAt(given().instances(List.of(instance())).input()))
                .isEqualTo(Instant.MIN);
    }

    @Test
    void answeredRenewalCountsWithoutAnObservation() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .observedAt(ago(50))
                        .renewedAt(ago(40))
                        .input()))
                .isEqualTo(in(200));
    }

    @Test
    void renewalThatLmStudioDoesNotCountIsRepeatedAfterAWhile() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .with(usedAt(ago(500)))
                        .renewedAt(ago(4))
                        .input()))
                .isEqualTo(in(6));
    }

    @Test
    void renewalThatWasNotAnsweredIsRepeatedAfterAWhile() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .renewal(new History.Renewal(ago(300), ago(4), false, true))
                        .input()))
                .isEqualTo(in(6));
    }

    @Test
    void renewalIsSentInAdditionToAnyAction() {
        PlanInputs due = givenServed().with(usedAt(ago(250)));

        assertThat(due.decision().isRenewing()).isTrue();
        assertThat(due.probing().decision().isRenewing()).isTrue();
        assertThat(due.changedAt(NOW).decision().isRenewing())
                .as("another model was loaded, and lms ps hangs")
                .isTrue();
        assertThat(due.lmStudioUnknown().decision().isRenewing()).isTrue();
    }

    @Test
    void oneRenewalAtATime() {
        Decision decision = givenServed()
                .with(usedAt(ago(250)))
                .renewal(new History.Renewal(null, ago(2), true, false))
                .decision();

        assertThat(decision.isRenewing()).isFalse();
    }

    @Test
    void whatMayNotBeKeptIsNotRenewed() {
        PlanInputs due = givenServed().with(usedAt(ago(250)));

        assertThat(due.temporary().decision().isRenewing()).isFalse();
        assertThat(due.suspended().decision().isRenewing()).isFalse();
        assertThat(due.deleted().decision().isRenewing()).isFalse();
        assertThat(due.olderOwner("team-a/older").decision().isRenewing()).isFalse();
        assertThat(due.apiLists(NOW).decision().isRenewing())
                .as("a request would load the model")
                .isFalse();
        assertThat(due.with(ofModel("another")).decision().isRenewing()).isFalse();
    }

    @Test
    void renewalThatFailedIsCheckedAtOnce() {
        Decision decision = givenServed()
                .renewal(new History.Renewal(null, ago(1), false, true))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
    }

    /** Neither the time of LM Studio nor that of a status shows the idle time. */
    @Test
    void dueAtOnceAfterTheWallClockWasSet() {
        PlanInputs set = givenServed().with(usedAt(ago(10))).wallSetAt(ago(5));

        assertThat(TtlRenewal.dueAt(set.input())).isEqualTo(Instant.MIN);
        assertThat(TtlRenewal.dueAt(set.renewedAt(ago(6)).input())).isEqualTo(in(4));
        assertThat(TtlRenewal.dueAt(set.observedAt(ago(4)).renewedAt(ago(3)).input()))
                .isEqualTo(in(237));
    }

    /** The clock was ahead when a client used the instance, and the agent has started since. */
    @Test
    void lastUseInTheFutureIsNone() {
        PlanInputs future = givenServed().with(usedAt(Instant.EPOCH));

        assertThat(TtlRenewal.dueAt(future.input())).isEqualTo(Instant.MIN);
    }

    @Test
    void busyInstanceIsNotIdleYet() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .observedAt(ago(5))
                        .instances(List.of(busy().apply(instance())))
                        .input()))
                .isEqualTo(in(235));
    }
}
