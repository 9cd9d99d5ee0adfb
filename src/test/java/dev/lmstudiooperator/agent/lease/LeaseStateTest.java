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
    void agentDoesNotActBeforeItHasHeldTheLease() {
        assertThat(state.leaseStatus().isHeld()).isFalse();

        tried(UNHEARD);

        assertThat(state.leaseStatus().isHeld()).isFalse();
        assertThat(state.leaseStatus().isExpired()).isFalse();
    }

    @Test
    void holderActs() {
        tried(held());

        assertThat(state.leaseStatus()).isEqualTo(LeaseStatus.HELD);
    }

    @Test
    void holderOfTheLocalLockIsNamed() {
        state.record(new StateDirectory.Taken("PID 4711"), "/state");

        assertThat(state.leaseStatus().blockedReason()).contains("4711", "/state");
        state.record(new StateDirectory.Locked("self"), "/state");
        assertThat(state.leaseStatus().blockedReason()).doesNotContain("4711");
    }

    @Test
    void unusableFolderComesWithAdvice() {
        state.record(new StateDirectory.Unusable("No locks available"), "/state");

        assertThat(state.leaseStatus().blockedReason())
                .contains("/state", "No locks available", "lmstudio-operator.state-dir");
    }

    @Test
    void rivalIsNamedWithHowLongItIsWaitedFor() {
        tried(RIVAL);

        assertThat(state.leaseStatus().blockedReason()).contains("other", "operators/node.gpu-1", "40 s");
        assertThat(state.leaseStatus().isApiServerReachable()).isTrue();
    }

    @Test
    void textInTheLeaseIsShortenedAndSanitized() {
        tried(new LeaseAttempt.HeldByAnother("x".repeat(99) + "\n" + "y".repeat(100_000), DURATION, DURATION));

        assertThat(state.leaseStatus().blockedReason())
                .contains("another agent, " + "x".repeat(99) + "?…")
                .doesNotContain("yy");
    }

    @Test
    void holderOfAHundredCharactersIsNotCut() {
        tried(new LeaseAttempt.HeldByAnother("x".repeat(100), DURATION, DURATION));

        assertThat(state.leaseStatus().blockedReason()).contains("another agent, " + "x".repeat(100) + ", holds");
    }

    @Test
    void unreachableApiServerChangesNothing() {
        tried(held());
        time.pass(Duration.ofSeconds(39));
        tried(UNHEARD);

        assertThat(state.leaseStatus()).isEqualTo(new LeaseStatus(null, false, false, Instant.EPOCH));
    }

    @Test
    void refusalShowsThatTheApiServerIsReachable() {
        tried(held());
        tried(REFUSED);

        assertThat(state.leaseStatus().isApiServerReachable()).isTrue();
    }

    /** The Lease expires even if the renewing thread hangs. */
    @Test
    void leaseIsOverdueWhenItWasNotRenewedForItsDuration() {
        tried(held());
        time.pass(DURATION);

        assertThat(state.leaseStatus().isExpired()).isTrue();
        assertThat(state.leaseStatus().isHeld()).isTrue();
    }

    @Test
    void clockThatIsSetMakesNothingOverdue() {
        tried(held());
        time.setClock(Duration.ofDays(1));

        assertThat(state.leaseStatus().isExpired()).isFalse();
    }

    @Test
    void renewalInTimeRevokesNoVerification() {
        tried(held());
        time.pass(DURATION.minusMillis(1));
        tried(held());

        assertThat(state.leaseStatus()).isEqualTo(LeaseStatus.HELD);
    }

    @Test
    void overdueRenewalRevokesEveryVerification() {
        tried(held());
        time.pass(DURATION);
        tried(held());

        assertThat(state.leaseStatus()).isEqualTo(new LeaseStatus(null, true, false, time.instant()));
    }

    @Test
    void rivalRevokesEveryVerification() {
        tried(held());
        tried(RIVAL);
        assertThat(state.leaseStatus().isHeld()).isFalse();
        tried(held());

        assertThat(state.leaseStatus().heldSince()).isEqualTo(time.instant());
    }

    @Test
    void agentThatWaitsForARivalIsNotOverdue() {
        tried(held());
        tried(RIVAL);
        time.pass(DURATION);

        assertThat(state.leaseStatus().isExpired()).isFalse();
    }

    private LeaseAttempt held() {
        return new LeaseAttempt.Held(time.steady());
    }

    private void tried(LeaseAttempt report) {
        state.record(report, "operators/node.gpu-1");
    }
}
