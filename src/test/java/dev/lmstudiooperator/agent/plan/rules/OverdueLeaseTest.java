package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests the plan and the status of an agent whose node Lease has expired. */
class OverdueLeaseTest {

    @Test
    void noVerificationCountsWhileTheLeaseIsOverdue() {
        Decision decision = givenServed().leaseOverdue(true).decision();

        assertThat(decision.summary())
                .isEqualTo(
                        new ConditionSummary(
                                ConditionStatus.UNKNOWN,
                                ConditionStatus.UNKNOWN,
                                Progress.RECONCILING,
                                Reason.VERIFYING,
                                "The agent did not renew its node Lease in time; the model is verified again after the next renewal"));
    }

    @Test
    void instanceIsKeptLoadedWhileTheLeaseIsOverdue() {
        Decision decision =
                givenServed().with(usedAt(ago(300))).leaseOverdue(true).decision();

        assertThat(decision.isRenewing()).isTrue();
    }

    @Test
    void instanceIsCheckedAsUsualWhileTheLeaseIsOverdue() {
        assertThat(givenServed().passed(ago(60)).leaseOverdue(true).decision().action())
                .isEqualTo(new Action.Check());
        assertThat(givenServed()
                        .heldSince(ago(3600))
                        .leaseOverdue(true)
                        .decision()
                        .action())
                .isEqualTo(new Action.Wait());
    }

    @Test
    void whatIsFalseStaysFalseWhileTheLeaseIsOverdue() {
        PlanInputs failing = givenServed().failed(ago(1), 1);

        assertThat(failing.leaseOverdue(true).decision()).isEqualTo(failing.decision());
    }

    @Test
    void expiredModelIsNotReadyWhileTheLeaseIsOverdue() {
        ConditionSummary summary = given().temporary()
                .begun(PlanInputs.REVISION)
                .done(PlanInputs.REVISION)
                .leaseOverdue(true)
                .decision()
                .summary();

        assertThat(summary.ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(summary.available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void suspendedModelIsNotKnownToBeAvailableWhileTheLeaseIsOverdue() {
        ConditionSummary summary =
                givenServed().suspended().leaseOverdue(true).decision().summary();

        assertThat(summary.ready()).isEqualTo(ConditionStatus.FALSE);
        assertThat(summary.available()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(summary.reason()).isEqualTo(Reason.SUSPENDED);
    }

    @Test
    void firstThingAfterARenewalIsACheck() {
        Decision decision = givenServed().heldSince(NOW).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFYING);
    }

    @Test
    void modelIsNotVerifiedWhileThatCheckRuns() {
        Decision decision = givenServed().heldSince(NOW).probing().decision();

        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void checkSinceTheRenewalVerifies() {
        assertThat(givenServed().heldSince(ago(10)).decision())
                .isEqualTo(givenServed().decision());
    }

    @Test
    void verificationFromBeforeTheLeaseWasHeldDoesNotOutliveAFailedObservation() {
        ConditionSummary summary =
                givenServed().heldSince(ago(5)).lmStudioUnknown().decision().summary();

        assertThat(summary.ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(summary.reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void verificationFromBeforeTheLeaseWasHeldDoesNotCountForASuspendedModel() {
        ConditionSummary summary =
                givenServed().suspended().heldSince(ago(5)).decision().summary();

        assertThat(summary.available()).isEqualTo(ConditionStatus.UNKNOWN);
    }
}
