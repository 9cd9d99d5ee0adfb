package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests the delay after a failure. */
class FailureTest {

    @Test
    void firstFailureWaitsFiveSeconds() {
        assertThat(Failure.after(null, Reason.LOAD_FAILED, "why", NOW))
                .isEqualTo(new Failure(Reason.LOAD_FAILED, "why", NOW, in(5)));
    }

    @Test
    void eachFailureDoublesTheWait() {
        assertThat(Failure.after(new Failure(Reason.TIMED_OUT, "", ago(5), ago(0)), Reason.LOAD_FAILED, "why", NOW))
                .isEqualTo(new Failure(Reason.LOAD_FAILED, "why", NOW, in(10)));
    }

    @Test
    void waitHasALimit() {
        assertThat(Failure.after(new Failure(Reason.TIMED_OUT, "", ago(160), ago(0)), Reason.LOAD_FAILED, "why", NOW))
                .isEqualTo(new Failure(Reason.LOAD_FAILED, "why", NOW, in(300)));
    }

    @Test
    void limitStays() {
        assertThat(Failure.after(new Failure(Reason.TIMED_OUT, "", ago(300), ago(0)), Reason.LOAD_FAILED, "why", NOW))
                .isEqualTo(new Failure(Reason.LOAD_FAILED, "why", NOW, in(300)));
    }

    @Test
    void waitJustBelowTheLimitIsNotCut() {
        assertThat(Failure.after(new Failure(Reason.TIMED_OUT, "", ago(149), ago(0)), Reason.LOAD_FAILED, "why", NOW))
                .isEqualTo(new Failure(Reason.LOAD_FAILED, "why", NOW, in(298)));
    }

    @Test
    void missingMemoryWaitsLonger() {
        assertThat(Failure.after(null, Reason.INSUFFICIENT_MEMORY, "why", NOW).retryAt())
                .isEqualTo(in(30));
    }

    @Test
    void failureThatNeedsManualInterventionIsRetriedRarely() {
        assertThat(Failure.after(null, Reason.DISK_FULL, "why", NOW).retryAt()).isEqualTo(in(300));
        assertThat(Failure.after(new Failure(Reason.DISK_FULL, "", ago(3600), NOW), Reason.DISK_FULL, "why", NOW)
                        .retryAt())
                .isEqualTo(in(3600));
    }

    @Test
    void failureThatOnlyAChangeFixesRestartsTheBackoff() {
        assertThat(Failure.after(
                        new Failure(Reason.SETTINGS_NOT_HONORED, "", ago(9), null), Reason.LOAD_FAILED, "why", NOW))
                .isEqualTo(new Failure(Reason.LOAD_FAILED, "why", NOW, in(5)));
    }
}
