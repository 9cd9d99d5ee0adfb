package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Situations;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests the plan and the status of an agent whose node Lease has expired. */
class OverdueLeaseTest {

    @Test
    void proofIsNoneWhileTheLeaseIsOverdue() {
        Decision decision = givenServed().leaseOverdue(true).decision();

        assertThat(decision.finding())
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
        assertThat(givenServed().passed(ago(60)).leaseOverdue(true).decision().step())
                .isEqualTo(new Action.Check());
        assertThat(givenServed()
                        .provenSince(ago(3600))
                        .leaseOverdue(true)
                        .decision()
                        .step())
                .isEqualTo(new Action.Wait());
    }

    @Test
    void whatIsFalseStaysFalseWhileTheLeaseIsOverdue() {
        Situations failing = givenServed().failed(ago(1), 1);

        assertThat(failing.leaseOverdue(true).decision()).isEqualTo(failing.decision());
    }

    @Test
    void expiredModelIsNotReadyWhileTheLeaseIsOverdue() {
        ConditionSummary finding = given().temporary()
                .begun(Situations.REVISION)
                .done(Situations.REVISION)
                .leaseOverdue(true)
                .decision()
                .finding();

        assertThat(finding.ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(finding.available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void suspendedModelIsNotKnownToBeAvailableWhileTheLeaseIsOverdue() {
        ConditionSummary finding =
                givenServed().suspended().leaseOverdue(true).decision().finding();

        assertThat(finding.ready()).isEqualTo(ConditionStatus.FALSE);
        assertThat(finding.available()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(finding.reason()).isEqualTo(Reason.SUSPENDED);
    }

    @Test
    void firstThingAfterARenewalIsACheck() {
        Decision decision = givenServed().provenSince(NOW).decision();

        assertThat(decision.step()).isEqualTo(new Action.Check());
        assertThat(decision.finding().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.finding().reason()).isEqualTo(Reason.VERIFYING);
    }

    @Test
    void nothingIsProvenWhileThatCheckRuns() {
        Decision decision = givenServed().provenSince(NOW).probing().decision();

        assertThat(decision.finding().ready()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void checkSinceTheRenewalProves() {
        assertThat(givenServed().provenSince(ago(10)).decision())
                .isEqualTo(givenServed().decision());
    }

    @Test
    void proofOfAnEarlierTenureDoesNotOutliveAFailedLook() {
        ConditionSummary finding =
                givenServed().provenSince(ago(5)).lmStudioUnknown().decision().finding();

        assertThat(finding.ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(finding.reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void proofOfAnEarlierTenureSaysNothingOfASuspendedModel() {
        ConditionSummary finding =
                givenServed().suspended().provenSince(ago(5)).decision().finding();

        assertThat(finding.available()).isEqualTo(ConditionStatus.UNKNOWN);
    }
}
