package dev.lmstudiooperator.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the condition reason for a failure. */
class FailureReasonTest {

    @ParameterizedTest
    @EnumSource
    void everyInfrastructureFailureHasAReason(InfrastructureFailure.Kind kind) {
        Reason reason = FailureReason.of(new InfrastructureFailure(kind, "why"));

        assertThat(reason)
                .isIn(
                        Reason.OBSERVING,
                        Reason.CLI_NOT_USABLE,
                        Reason.TIMED_OUT,
                        Reason.CIRCUIT_BREAKER_OPEN,
                        Reason.LM_STUDIO_UNREACHABLE,
                        Reason.NOT_AUTHENTICATED,
                        Reason.VERSION_MISMATCH,
                        Reason.UNREADABLE_OUTPUT);
    }

    @Test
    void unreachableApiHasAnotherReasonThanAnUnreachableCli() {
        InfrastructureFailure unreachable =
                new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "refused");
        InfrastructureFailure slow = new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "slow");

        assertThat(FailureReason.of(unreachable)).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
        assertThat(FailureReason.ofApi(unreachable)).isEqualTo(Reason.SERVER_NOT_RUNNING);
        assertThat(FailureReason.ofApi(slow)).isEqualTo(FailureReason.of(slow));
    }

    @ParameterizedTest
    @EnumSource
    void everyRefusalHasAReason(DomainFailure.Kind kind) {
        Reason reason = FailureReason.of(new DomainFailure(kind, "why"));

        assertThat(reason)
                .isIn(
                        Reason.MODEL_NOT_FOUND,
                        Reason.INSUFFICIENT_MEMORY,
                        Reason.OBSERVATION_FAILED,
                        Reason.DOWNLOAD_FAILED,
                        Reason.DISK_FULL,
                        Reason.UNREADABLE_OUTPUT);
    }
}
