package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.PlanInputs.CONTEXT;
import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NAME;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Tests when an instance is due for a check. */
class VerificationScheduleTest {

    @Test
    void uncheckedInstanceIsDueWhenSettled() {
        assertThat(VerificationSchedule.dueAt(given().loadedAt(ago(1)).input())).isEqualTo(in(1));
    }

    @Test
    void adoptedInstanceIsDueAtOnce() {
        assertThat(VerificationSchedule.dueAt(given().loaded().adopted().input()))
                .isEqualTo(Instant.MIN);
    }

    @Test
    void checkBeforeTheLoadDoesNotCount() {
        assertThat(VerificationSchedule.current(
                        given().loadedAt(ago(60)).passed(ago(61)).input()))
                .isNull();
    }

    @Test
    void checkSinceTheLoadCounts() {
        assertThat(VerificationSchedule.current(
                        given().loadedAt(ago(60)).passed(ago(58)).input()))
                .isNotNull();
    }

    @Test
    void passedCheckIsRepeatedAfterThePeriod() {
        assertThat(VerificationSchedule.dueAt(givenServed().checkPeriod(7).input()))
                .isEqualTo(ago(3));
    }

    @Test
    void failedCheckIsRepeatedSooner() {
        assertThat(VerificationSchedule.dueAt(givenServed().failed(ago(1), 1).input()))
                .isEqualTo(in(9));
    }

    @Test
    void failedCheckIsRepeatedAfterAShorterPeriod() {
        assertThat(VerificationSchedule.dueAt(
                        givenServed().failed(ago(1), 1).checkPeriod(5).input()))
                .isEqualTo(in(4));
    }

    @Test
    void confirmedVerificationIsNotDue() {
        assertThat(VerificationSchedule.dueAt(givenServed()
                        .apiLists(NOW, new ServedInstance(KEY, NAME, CONTEXT, null))
                        .input()))
                .isEqualTo(in(50));
    }

    @Test
    void verificationConfirmedByModelKeyOnlyIsNotDue() {
        assertThat(VerificationSchedule.dueAt(givenServed()
                        .apiLists(NOW, new ServedInstance(KEY, null, null, null))
                        .input()))
                .isEqualTo(in(50));
    }

    @Test
    void contradictedVerificationIsDueNow() {
        assertThat(VerificationSchedule.dueAt(givenServed()
                        .apiLists(NOW, new ServedInstance(KEY, "other", null, null))
                        .input()))
                .isEqualTo(NOW);
    }

    @Test
    void sourceFromBeforeTheCheckIsNoContradiction() {
        assertThat(VerificationSchedule.dueAt(givenServed().apiLists(ago(10)).input()))
                .isEqualTo(in(50));
    }

    @Test
    void unavailableSourceIsNoImmediateContradiction() {
        assertThat(VerificationSchedule.dueAt(givenServed().apiUnknown().input()))
                .isEqualTo(in(30));
    }

    @Test
    void waitForAnUnavailableSourceEndsBeforeTheNextCheckIsDue() {
        PlanInputs hourly = givenServed().checkPeriod(3600);

        assertThat(VerificationSchedule.dueAt(hourly.apiUnknownSince(ago(29)).input()))
                .isEqualTo(in(1));
        assertThat(VerificationSchedule.dueAt(hourly.apiUnknownSince(ago(31)).input()))
                .isEqualTo(ago(1));
    }

    @Test
    void verificationFromBeforeTheLeaseWasHeldIsDueNow() {
        assertThat(VerificationSchedule.dueAt(givenServed().heldSince(ago(9)).input()))
                .isEqualTo(NOW);
    }

    @Test
    void verificationSinceTheLeaseIsHeldIsNotDue() {
        assertThat(VerificationSchedule.dueAt(givenServed().heldSince(ago(10)).input()))
                .isEqualTo(in(50));
    }

    /** Otherwise the agent would repeat the check until the clock catches up. */
    @Test
    void clockThatWasSetBackWhileTheLeaseIsHeldMakesNothingDue() {
        assertThat(VerificationSchedule.dueAt(givenServed().heldSince(in(3600)).input()))
                .isEqualTo(in(50));
    }

    @Test
    void failedCheckFromBeforeTheLeaseWasHeldIsRepeatedAsUsual() {
        assertThat(VerificationSchedule.dueAt(
                        givenServed().failed(ago(1), 1).heldSince(NOW).input()))
                .isEqualTo(in(9));
    }
}
