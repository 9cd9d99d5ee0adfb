package dev.lmstudiooperator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeaseEvaluatorTest {

    private static final String SELF = "self";
    private static final String OTHER = "other";
    private static final Duration USUAL = Duration.ofSeconds(40);
    private static final ZonedDateTime NOON = ZonedDateTime.of(2026, 1, 1, 12, 0, 0, 0, ZoneOffset.UTC);

    private final LeaseEvaluator claim = new LeaseEvaluator(SELF, USUAL);

    @Test
    void missingLeaseIsCreated() {
        assertThat(claim.rival(null, at(0))).isEmpty();
    }

    @Test
    void ownLeaseIsTakenOverAtOnceHoweverOldItIs() {
        assertThat(claim.rival(lease(SELF, NOON.minusYears(1), 40), at(0))).isEmpty();
    }

    @Test
    void leaseWithoutAHolderIsTaken() {
        assertThat(claim.rival(lease(null, NOON, 40), at(0))).isEmpty();
    }

    @Test
    void strangersLeaseIsAwaited() {
        assertThat(claim.rival(lease(OTHER, NOON, 40), at(0))).hasValue(awaits(40, 40));
        assertThat(claim.rival(lease(OTHER, NOON, 40), at(15))).hasValue(awaits(40, 25));
    }

    @Test
    void strangersLeaseIsTakenWhenItDidNotChangeForItsDuration() {
        claim.rival(lease(OTHER, NOON, 40), at(0));

        assertThat(claim.rival(lease(OTHER, NOON, 40), at(40))).isEmpty();
    }

    /** A takeover can fail. The observed time without a renewal continues. */
    @Test
    void elapsedTimeIsKeptUntilTheLeaseChanges() {
        claim.rival(lease(OTHER, NOON, 40), at(0));
        claim.rival(lease(OTHER, NOON, 40), at(40));

        assertThat(claim.rival(lease(OTHER, NOON, 40), at(41))).isEmpty();
    }

    @Test
    void renewalByAnotherHolderRestartsTheWait() {
        claim.rival(lease(OTHER, NOON, 40), at(0));
        claim.rival(lease(OTHER, NOON.plusSeconds(10), 40), at(39));

        assertThat(claim.rival(lease(OTHER, NOON.plusSeconds(10), 40), at(78))).hasValue(awaits(40, 1));
    }

    @Test
    void newHolderRestartsTheWait() {
        claim.rival(lease("third", NOON, 40), at(0));

        assertThat(claim.rival(lease(OTHER, NOON, 40), at(40))).hasValue(awaits(40, 40));
    }

    @Test
    void leaseThatWasOursMeanwhileRestartsTheWait() {
        claim.rival(lease(OTHER, NOON, 40), at(0));
        claim.rival(lease(SELF, NOON, 40), at(20));

        assertThat(claim.rival(lease(OTHER, NOON, 40), at(40))).hasValue(awaits(40, 40));
    }

    /**
     * Only a change of the renewal time counts. Both the clock of the other machine and the local clock may be wrong.
     */
    @Test
    void timeOfARenewalMeansNothing() {
        assertThat(claim.rival(lease(OTHER, NOON.minusYears(20), 40), at(0))).hasValue(awaits(40, 40));
        assertThat(claim.rival(lease(OTHER, NOON.plusYears(20), 40), at(1))).hasValue(awaits(40, 40));
        assertThat(claim.rival(lease(OTHER, NOON.plusYears(20), 40), at(41))).isEmpty();
    }

    @Test
    void renewalThatGoesBackInTimeIsOneToo() {
        claim.rival(lease(OTHER, NOON, 40), at(0));

        assertThat(claim.rival(lease(OTHER, NOON.minusHours(1), 40), at(40))).hasValue(awaits(40, 40));
    }

    @Test
    void leaseThatWasNeverRenewedRunsOutToo() {
        claim.rival(lease(OTHER, null, 40), at(0));

        assertThat(claim.rival(lease(OTHER, null, 40), at(40))).isEmpty();
    }

    @Test
    void leaseHoldsForAsLongAsItSays() {
        assertThat(claim.rival(lease(OTHER, NOON, 5), at(0))).hasValue(awaits(5, 5));
        assertThat(claim.rival(lease(OTHER, NOON, 5), at(5))).isEmpty();
    }

    @Test
    void leaseWithoutADurationLastsAsLongAsOurs() {
        assertThat(claim.rival(lease(OTHER, NOON, null), at(0))).hasValue(awaits(40, 40));
        assertThat(claim.rival(lease(OTHER, NOON, 0), at(1))).hasValue(awaits(40, 40));
        assertThat(claim.rival(lease(OTHER, NOON, -1), at(2))).hasValue(awaits(40, 40));
    }

    @Test
    void waitIsBounded() {
        assertThat(claim.rival(lease(OTHER, NOON, Integer.MAX_VALUE), at(0))).hasValue(awaits(600, 600));
    }

    private static Lease lease(
            @Nullable String holder, @Nullable ZonedDateTime renewedAt, @Nullable Integer durationSeconds) {
        return new LeaseBuilder()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withRenewTime(renewedAt)
                .withLeaseDurationSeconds(durationSeconds)
                .endSpec()
                .build();
    }

    private static Instant at(long seconds) {
        return Instant.EPOCH.plusSeconds(seconds);
    }

    private static LeaseAttempt.HeldByAnother awaits(long holdsForSeconds, long leftSeconds) {
        return new LeaseAttempt.HeldByAnother(
                OTHER, Duration.ofSeconds(holdsForSeconds), Duration.ofSeconds(leftSeconds));
    }
}
