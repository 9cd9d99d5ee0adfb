package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Situations.CONTEXT;
import static dev.lmstudiooperator.agent.plan.Situations.KEY;
import static dev.lmstudiooperator.agent.plan.Situations.NAME;
import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Tests when an instance is due for a check. */
class VerificationScheduleTest {

    @Test
    void uncheckedInstanceIsDueWhenSettled() {
        assertThat(VerificationSchedule.dueAt(given().loadedAt(ago(1)).situation()))
                .isEqualTo(in(1));
    }

    @Test
    void adoptedInstanceIsDueAtOnce() {
        assertThat(VerificationSchedule.dueAt(given().loaded().adopted().situation()))
                .isEqualTo(Instant.MIN);
    }

    @Test
    void checkBeforeTheLoadDoesNotCount() {
        assertThat(VerificationSchedule.current(
                        given().loadedAt(ago(60)).passed(ago(61)).situation()))
                .isNull();
    }

    @Test
    void checkSinceTheLoadCounts() {
        assertThat(VerificationSchedule.current(
                        given().loadedAt(ago(60)).passed(ago(58)).situation()))
                .isNotNull();
    }

    @Test
    void passedCheckIsRepeatedAfterThePeriod() {
        assertThat(VerificationSchedule.dueAt(givenServed().checkPeriod(7).situation()))
                .isEqualTo(ago(3));
    }

    @Test
    void failedCheckIsRepeatedSooner() {
        assertThat(VerificationSchedule.dueAt(givenServed().failed(ago(1), 1).situation()))
                .isEqualTo(in(9));
    }

    @Test
    void failedCheckIsRepeatedAfterAShorterPeriod() {
        assertThat(VerificationSchedule.dueAt(
                        givenServed().failed(ago(1), 1).checkPeriod(5).situation()))
                .isEqualTo(in(4));
    }

    @Test
    void confirmedProofIsNotDue() {
        assertThat(VerificationSchedule.dueAt(givenServed()
                        .apiLists(NOW, new ServedInstance(KEY, NAME, CONTEXT, null))
                        .situation()))
                .isEqualTo(in(50));
    }

    @Test
    void proofConfirmedByModelKeyOnlyIsNotDue() {
        assertThat(VerificationSchedule.dueAt(givenServed()
                        .apiLists(NOW, new ServedInstance(KEY, null, null, null))
                        .situation()))
                .isEqualTo(in(50));
    }

    @Test
    void contradictedProofIsDueNow() {
        assertThat(VerificationSchedule.dueAt(givenServed()
                        .apiLists(NOW, new ServedInstance(KEY, "other", null, null))
                        .situation()))
                .isEqualTo(NOW);
    }

    @Test
    void witnessFromBeforeTheCheckContradictsNothing() {
        assertThat(VerificationSchedule.dueAt(givenServed().apiLists(ago(10)).situation()))
                .isEqualTo(in(50));
    }

    @Test
    void silentWitnessContradictsNothingAtOnce() {
        assertThat(VerificationSchedule.dueAt(givenServed().apiUnknown().situation()))
                .isEqualTo(in(30));
    }

    @Test
    void patienceWithASilentWitnessEndsBeforeTheNextCheckIsDue() {
        Situations hourly = givenServed().checkPeriod(3600);

        assertThat(VerificationSchedule.dueAt(hourly.apiUnknownSince(ago(29)).situation()))
                .isEqualTo(in(1));
        assertThat(VerificationSchedule.dueAt(hourly.apiUnknownSince(ago(31)).situation()))
                .isEqualTo(ago(1));
    }

    @Test
    void proofOfAnEarlierTenureIsDueNow() {
        assertThat(VerificationSchedule.dueAt(givenServed().provenSince(ago(9)).situation()))
                .isEqualTo(NOW);
    }

    @Test
    void proofSinceTheTenureBeganIsNotDue() {
        assertThat(VerificationSchedule.dueAt(givenServed().provenSince(ago(10)).situation()))
                .isEqualTo(in(50));
    }

    /** Otherwise the agent would repeat the check until the clock catches up. */
    @Test
    void clockThatWasSetBackSinceTheTenureBeganMakesNothingDue() {
        assertThat(VerificationSchedule.dueAt(
                        givenServed().provenSince(in(3600)).situation()))
                .isEqualTo(in(50));
    }

    @Test
    void failedCheckOfAnEarlierTenureIsRepeatedAsUsual() {
        assertThat(VerificationSchedule.dueAt(
                        givenServed().failed(ago(1), 1).provenSince(NOW).situation()))
                .isEqualTo(in(9));
    }
}
