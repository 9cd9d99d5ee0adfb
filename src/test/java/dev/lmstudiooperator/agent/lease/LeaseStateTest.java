package dev.lmstudiooperator.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lease.LeaseAttempt;
import dev.lmstudiooperator.lease.PassingTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LeaseStateTest {

    private static final Duration DURATION = Duration.ofSeconds(40);
    private static final LeaseAttempt UNHEARD = new LeaseAttempt.Failed("no answer", false);
    private static final LeaseAttempt REFUSED = new LeaseAttempt.Failed("forbidden", true);
    private static final LeaseAttempt RIVAL = new LeaseAttempt.HeldByAnother("other", DURATION, DURATION);

    private final PassingTime time = new PassingTime();
    private final LeaseState state = new LeaseState(DURATION, time.clock());

    @Test
    void nobodyActsBeforeTheLeaseWasHeld() {
        assertThat(state.standing().mayAct()).isFalse();

        tried(UNHEARD);

        assertThat(state.standing().mayAct()).isFalse();
        assertThat(state.standing().isOverdue()).isFalse();
    }

    @Test
    void holderActs() {
        tried(held());

        assertThat(state.standing()).isEqualTo(LeaseStatus.UNDISPUTED);
    }

    @Test
    void whoeverHoldsTheLockOfTheMachineIsNamed() {
        state.tried(new StateDirectory.Taken("PID 4711"), "/state");

        assertThat(state.standing().obstacle()).contains("4711", "/state");
        state.tried(new StateDirectory.Locked("self"), "/state");
        assertThat(state.standing().obstacle()).doesNotContain("4711");
    }

    @Test
    void unusableFolderComesWithAdvice() {
        state.tried(new StateDirectory.Unusable("No locks available"), "/state");

        assertThat(state.standing().obstacle()).contains("/state", "No locks available", "lmstudio-operator.state-dir");
    }

    @Test
    void rivalIsNamedWithHowLongItIsWaitedFor() {
        tried(RIVAL);

        assertThat(state.standing().obstacle()).contains("other", "operators/node.gpu-1", "40 s");
        assertThat(state.standing().isHeard()).isTrue();
    }

    @Test
    void whatAPersonWroteIntoTheLeaseIsCutAndCleaned() {
        tried(new LeaseAttempt.HeldByAnother("x".repeat(99) + "\n" + "y".repeat(100_000), DURATION, DURATION));

        assertThat(state.standing().obstacle())
                .contains("another agent, " + "x".repeat(99) + "?…")
                .doesNotContain("yy");
    }

    @Test
    void holderOfAHundredCharactersIsNotCut() {
        tried(new LeaseAttempt.HeldByAnother("x".repeat(100), DURATION, DURATION));

        assertThat(state.standing().obstacle()).contains("another agent, " + "x".repeat(100) + ", holds");
    }

    @Test
    void silenceOfTheApiServerTakesNothingAway() {
        tried(held());
        time.pass(Duration.ofSeconds(39));
        tried(UNHEARD);

        assertThat(state.standing()).isEqualTo(new LeaseStatus(null, false, false, Instant.EPOCH));
    }

    @Test
    void whoIsRefusedIsHeardAllTheSame() {
        tried(held());
        tried(REFUSED);

        assertThat(state.standing().isHeard()).isTrue();
    }

    /** The Lease expires even if the renewing thread hangs. */
    @Test
    void leaseIsOverdueWhenItWasNotRenewedForItsDuration() {
        tried(held());
        time.pass(DURATION);

        assertThat(state.standing().isOverdue()).isTrue();
        assertThat(state.standing().mayAct()).isTrue();
    }

    @Test
    void clockThatIsSetMakesNothingOverdue() {
        tried(held());
        time.setClock(Duration.ofDays(1));

        assertThat(state.standing().isOverdue()).isFalse();
    }

    @Test
    void renewalInTimeTakesNoProofBack() {
        tried(held());
        time.pass(DURATION.minusMillis(1));
        tried(held());

        assertThat(state.standing()).isEqualTo(LeaseStatus.UNDISPUTED);
    }

    @Test
    void renewalThatWasOverdueTakesEveryProofBack() {
        tried(held());
        time.pass(DURATION);
        tried(held());

        assertThat(state.standing()).isEqualTo(new LeaseStatus(null, true, false, time.instant()));
    }

    @Test
    void rivalTakesEveryProofBack() {
        tried(held());
        tried(RIVAL);
        assertThat(state.standing().mayAct()).isFalse();
        tried(held());

        assertThat(state.standing().provenSince()).isEqualTo(time.instant());
    }

    @Test
    void whoWaitsForARivalIsNotLate() {
        tried(held());
        tried(RIVAL);
        time.pass(DURATION);

        assertThat(state.standing().isOverdue()).isFalse();
    }

    private LeaseAttempt held() {
        return new LeaseAttempt.Held(time.steady());
    }

    private void tried(LeaseAttempt report) {
        state.tried(report, "operators/node.gpu-1");
    }
}
