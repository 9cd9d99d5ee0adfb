package dev.lmstudiooperator.agent.managedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the phase that summarizes the conditions. */
class PhaseOfTest {

    @ParameterizedTest
    @EnumSource
    void whatIsStalledHasFailed(Reason reason) {
        assertThat(phase(Progress.STALLED, reason)).isEqualTo(Phase.FAILED);
    }

    @ParameterizedTest
    @CsvSource({
        "VERIFIED, READY",
        "EXPIRED, EXPIRED",
        "SUSPENDED, SUSPENDED",
        "LOADING, LOADING",
        "EVICTED, LOADING",
        "VERIFYING, VERIFYING",
        "VERIFICATION_FAILED, VERIFYING",
        "DRIFTED, DRAINING",
        "DRAINING, DRAINING",
        "UNLOADING, DRAINING",
        "WAITING_FOR_TURN, PENDING",
        "INSUFFICIENT_MEMORY, PENDING",
        "LOAD_FAILED, PENDING",
        "OBSERVING, PENDING",
        "LM_STUDIO_UNREACHABLE, PENDING",
        "SERVER_NOT_RUNNING, PENDING"
    })
    void whatMovesIsNamedAfterItsReason(Reason reason, Phase phase) {
        assertThat(phase(Progress.RECONCILING, reason)).isEqualTo(phase);
        assertThat(phase(Progress.SETTLED, reason)).isEqualTo(phase);
    }

    private static Phase phase(Progress progress, Reason reason) {
        return PhaseOf.finding(
                new ConditionSummary(ConditionStatus.FALSE, ConditionStatus.FALSE, progress, reason, "A sentence"));
    }
}
