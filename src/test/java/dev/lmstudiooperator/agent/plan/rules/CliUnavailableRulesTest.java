package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.CONTEXT;
import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import org.junit.jupiter.api.Test;

/** Tests the plan while {@code lms} is unavailable and the HTTP API is available. */
class CliUnavailableRulesTest {

    @Test
    void expiredVerificationIsCheckedByTheApi() {
        Decision decision = givenBlind().passed(ago(60)).renewedAt(ago(9)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.UNKNOWN);
    }

    @Test
    void whatTheApiDoesNotListIsNotAvailable() {
        Decision decision = givenBlind().failed(ago(1), 0).renewedAt(ago(9)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.revisitAt()).contains(in(9));
    }

    @Test
    void whatTheApiListsIsCheckedAgainSoon() {
        assertThat(givenBlind().unclear(ago(9)).renewedAt(ago(9)).decision().revisitAt())
                .contains(in(1));
        assertThat(givenBlind().unclear(ago(10)).renewedAt(ago(10)).decision().action())
                .isEqualTo(new Action.Check());
    }

    @Test
    void nothingIsAskedWhileAnAnswerIsAwaited() {
        Decision decision = givenBlind().passed(ago(60)).probing().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void leaseIsRenewedByTheApiWellBeforeHalfOfItHasPassed() {
        assertThat(givenBlind().unclear(ago(1)).renewedAt(ago(239)).decision().action())
                .isEqualTo(new Action.Wait());
        assertThat(givenBlind().unclear(ago(1)).renewedAt(ago(240)).decision().isRenewing())
                .isTrue();
    }

    @Test
    void whatWasNeverRenewedIsRenewedFromItsLoadOn() {
        assertThat(givenBlind()
                        .loadedAt(ago(239))
                        .lmStudioUnknown()
                        .unclear(ago(1))
                        .decision()
                        .action())
                .isEqualTo(new Action.Wait());
        assertThat(givenBlind()
                        .loadedAt(ago(240))
                        .lmStudioUnknown()
                        .unclear(ago(1))
                        .decision()
                        .isRenewing())
                .isTrue();
    }

    @Test
    void whatTheApiDoesNotListIsNotRenewed() {
        PlanInputs unlisted = givenBlind()
                .apiLists(NOW, new ServedInstance(KEY, "another", CONTEXT, null))
                .failed(ago(1), 0);

        assertThat(unlisted.renewedAt(ago(300)).decision().action()).isEqualTo(new Action.Wait());
    }

    @Test
    void temporaryModelIsNeverRenewed() {
        assertThat(givenBlind()
                        .temporary()
                        .unclear(ago(1))
                        .renewedAt(ago(300))
                        .decision()
                        .action())
                .isEqualTo(new Action.Wait());
    }

    @Test
    void deletedModelIsNeitherRenewedNorChecked() {
        Decision decision = givenBlind().passed(ago(60)).deleted().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().message()).contains("lmstudio-operator.dev/force-release=true");
    }

    @Test
    void instanceThatWasNeverObservedIsNotChecked() {
        Decision decision = given().lmStudioUnknown().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void whatLmsCannotListStaysVerifiedWhileItIsCheckedAgain() {
        PlanInputs unlistable = givenServed().unlistableSince(ago(30)).renewedAt(ago(9));

        Decision due = unlistable.passed(ago(60)).decision();
        Decision underWay = unlistable.passed(ago(60)).probing().decision();

        assertThat(due.action()).isEqualTo(new Action.Check());
        assertThat(due.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(underWay.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void whatLmsCannotListStaysVerifiedWhileTheNextProcessChecksIt() {
        Decision decision = givenServed()
                .history("lastCheck", null)
                .reportedVerification("served")
                .unlistableSince(ago(30))
                .renewedAt(ago(9))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Check());
        assertThat(decision.summary().message()).isEqualTo("served");
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void whatLmsCannotListIsVerifiedByTheApiAgainAfterADoubt() {
        Decision decision = givenServed()
                .unlistableSince(ago(30))
                .differsSince(ago(20))
                .renewedAt(ago(9))
                .passed(ago(10))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.VERIFIED);
        assertThat(decision.revisitAt()).contains(in(50));
    }

    @Test
    void checkThatPassedWithoutLmsIsNotRepeatedBeforeItIsDue() {
        Decision decision = givenServed()
                .unlistableSince(ago(30))
                .renewedAt(ago(9))
                .revision("another")
                .passed(ago(10))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.UNREADABLE_OUTPUT);
        assertThat(decision.revisitAt()).contains(in(50));
    }

    private static PlanInputs givenBlind() {
        return givenServed().lmStudioUnknown();
    }
}
