package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.busy;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.ofModel;
import static dev.lmstudiooperator.agent.plan.Situations.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.Situations;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests when a KeepLoaded model gets its renewal request. */
class TtlRenewalTest {

    @Test
    void dueAfterTwoFifthsOfTheTtlSinceTheLastUse() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .instances(List.of(usedAt(ago(100)).apply(instance())))
                        .situation()))
                .isEqualTo(in(140));
    }

    @Test
    void dueAfterTwoFifthsOfTheTtlSinceTheLoad() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(60))
                        .instances(List.of(usedAt(ago(100)).apply(instance())))
                        .situation()))
                .isEqualTo(in(180));
    }

    @Test
    void neverUsedInstanceCountsFromItsLoad() {
        assertThat(TtlRenewal.dueAt(
                        given().loadedAt(ago(60)).instances(List.of(instance())).situation()))
                .isEqualTo(in(180));
    }

    @Test
    void adoptedInstanceCountsFromItsLastUse() {
        assertThat(TtlRenewal.dueAt(given().adopted()
                        .instances(List.of(usedAt(ago(100)).apply(instance())))
                        .situation()))
                .isEqualTo(in(140));
    }

    @Test
    void adoptedInstanceThatWasNeverUsedIsDueAtOnce() {
        assertThat(TtlRenewal.dueAt(
                        given().adopted().instances(List.of(instance())).situation()))
                .isEqualTo(Instant.MIN);
    }

    @Test
    void unrecordedInstanceThatWasNeverUsedIsDueAtOnce() {
        assertThat(TtlRenewal.dueAt(given().instances(List.of(instance())).situation()))
                .isEqualTo(Instant.MIN);
    }

    @Test
    void answeredRenewalCountsWithoutALook() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .lookedAt(ago(50))
                        .renewedAt(ago(40))
                        .situation()))
                .isEqualTo(in(200));
    }

    @Test
    void renewalThatLmStudioDoesNotCountIsRepeatedAfterAWhile() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .with(usedAt(ago(500)))
                        .renewedAt(ago(4))
                        .situation()))
                .isEqualTo(in(6));
    }

    @Test
    void renewalThatWasNotAnsweredIsRepeatedAfterAWhile() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .renewal(new History.Renewal(ago(300), ago(4), false, true))
                        .situation()))
                .isEqualTo(in(6));
    }

    @Test
    void renewalIsSentBesideWhateverElseIsDone() {
        Situations due = givenServed().with(usedAt(ago(250)));

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
        Situations due = givenServed().with(usedAt(ago(250)));

        assertThat(due.temporary().decision().isRenewing()).isFalse();
        assertThat(due.suspended().decision().isRenewing()).isFalse();
        assertThat(due.deleted().decision().isRenewing()).isFalse();
        assertThat(due.olderClaimant("team-a/older").decision().isRenewing()).isFalse();
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

        assertThat(decision.step()).isEqualTo(new Action.Check());
    }

    /** Neither the time of LM Studio nor that of a status shows the idle time. */
    @Test
    void dueAtOnceAfterTheWallClockWasSet() {
        Situations set = givenServed().with(usedAt(ago(10))).wallSetAt(ago(5));

        assertThat(TtlRenewal.dueAt(set.situation())).isEqualTo(Instant.MIN);
        assertThat(TtlRenewal.dueAt(set.renewedAt(ago(6)).situation())).isEqualTo(in(4));
        assertThat(TtlRenewal.dueAt(set.lookedAt(ago(4)).renewedAt(ago(3)).situation()))
                .isEqualTo(in(237));
    }

    /** The clock was ahead when a client used the instance, and the agent has started since. */
    @Test
    void lastUseInTheFutureIsNone() {
        Situations future = givenServed().with(usedAt(Instant.EPOCH));

        assertThat(TtlRenewal.dueAt(future.situation())).isEqualTo(Instant.MIN);
    }

    @Test
    void busyInstanceIsNotIdleYet() {
        assertThat(TtlRenewal.dueAt(given().loadedAt(ago(600))
                        .lookedAt(ago(5))
                        .instances(List.of(busy().apply(instance())))
                        .situation()))
                .isEqualTo(in(235));
    }
}
