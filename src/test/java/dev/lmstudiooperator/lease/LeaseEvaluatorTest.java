package dev.lmstudiooperator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
        assertThat(claim.judge(null, at(0))).isEqualTo(new LeaseAction.Create());
    }

    @Test
    void ownLeaseIsTakenOverAtOnceHoweverOldItIs() {
        assertThat(claim.judge(lease(SELF, NOON.minusYears(1), 40), at(0))).isEqualTo(new LeaseAction.Renew());
    }

    @Test
    void leaseThatNobodyHoldsIsTaken() {
        assertThat(claim.judge(lease(null, NOON, 40), at(0))).isEqualTo(new LeaseAction.TakeOver());
    }

    @Test
    void strangersLeaseIsAwaited() {
        assertThat(claim.judge(lease(OTHER, NOON, 40), at(0))).isEqualTo(awaits(40, 40));
        assertThat(claim.judge(lease(OTHER, NOON, 40), at(15))).isEqualTo(awaits(40, 25));
    }

    @Test
    void strangersLeaseIsTakenWhenItDidNotChangeForItsDuration() {
        claim.judge(lease(OTHER, NOON, 40), at(0));

        assertThat(claim.judge(lease(OTHER, NOON, 40), at(40))).isEqualTo(new LeaseAction.TakeOver());
    }

    /** A takeover can fail. The observed time without a renewal continues. */
    @Test
    void silenceIsNotForgottenBeforeTheLeaseChanges() {
        claim.judge(lease(OTHER, NOON, 40), at(0));
        claim.judge(lease(OTHER, NOON, 40), at(40));

        assertThat(claim.judge(lease(OTHER, NOON, 40), at(41))).isEqualTo(new LeaseAction.TakeOver());
    }

    @Test
    void renewalOfAStrangerBeginsTheWaitAnew() {
        claim.judge(lease(OTHER, NOON, 40), at(0));
        claim.judge(lease(OTHER, NOON.plusSeconds(10), 40), at(39));

        assertThat(claim.judge(lease(OTHER, NOON.plusSeconds(10), 40), at(78))).isEqualTo(awaits(40, 1));
    }

    @Test
    void anotherStrangerBeginsTheWaitAnew() {
        claim.judge(lease("third", NOON, 40), at(0));

        assertThat(claim.judge(lease(OTHER, NOON, 40), at(40))).isEqualTo(awaits(40, 40));
    }

    @Test
    void leaseThatWasOursMeanwhileBeginsTheWaitAnew() {
        claim.judge(lease(OTHER, NOON, 40), at(0));
        claim.judge(lease(SELF, NOON, 40), at(20));

        assertThat(claim.judge(lease(OTHER, NOON, 40), at(40))).isEqualTo(awaits(40, 40));
    }

    /**
     * Only a change of the renewal time counts. Both the clock of the other machine and the local clock may be wrong.
     */
    @Test
    void timeOfARenewalMeansNothing() {
        assertThat(claim.judge(lease(OTHER, NOON.minusYears(20), 40), at(0))).isEqualTo(awaits(40, 40));
        assertThat(claim.judge(lease(OTHER, NOON.plusYears(20), 40), at(1))).isEqualTo(awaits(40, 40));
        assertThat(claim.judge(lease(OTHER, NOON.plusYears(20), 40), at(41))).isEqualTo(new LeaseAction.TakeOver());
    }

    @Test
    void renewalThatGoesBackInTimeIsOneToo() {
        claim.judge(lease(OTHER, NOON, 40), at(0));

        assertThat(claim.judge(lease(OTHER, NOON.minusHours(1), 40), at(40))).isEqualTo(awaits(40, 40));
    }

    @Test
    void leaseThatWasNeverRenewedRunsOutToo() {
        claim.judge(lease(OTHER, null, 40), at(0));

        assertThat(claim.judge(lease(OTHER, null, 40), at(40))).isEqualTo(new LeaseAction.TakeOver());
    }

    @Test
    void leaseHoldsForAsLongAsItSays() {
        assertThat(claim.judge(lease(OTHER, NOON, 5), at(0))).isEqualTo(awaits(5, 5));
        assertThat(claim.judge(lease(OTHER, NOON, 5), at(5))).isEqualTo(new LeaseAction.TakeOver());
    }

    @Test
    void leaseThatDoesNotSayForHowLongHoldsAsLongAsOurs() {
        assertThat(claim.judge(lease(OTHER, NOON, null), at(0))).isEqualTo(awaits(40, 40));
        assertThat(claim.judge(lease(OTHER, NOON, 0), at(1))).isEqualTo(awaits(40, 40));
        assertThat(claim.judge(lease(OTHER, NOON, -1), at(2))).isEqualTo(awaits(40, 40));
    }

    @Test
    void nobodyWaitsForYears() {
        assertThat(claim.judge(lease(OTHER, NOON, Integer.MAX_VALUE), at(0))).isEqualTo(awaits(600, 600));
    }

    private static ObservedLease lease(
            @Nullable String holder, @Nullable ZonedDateTime renewedAt, @Nullable Integer durationSeconds) {
        return new ObservedLease(holder, renewedAt, durationSeconds);
    }

    /** The uptime is negative on some machines. */
    private static Duration at(long seconds) {
        return Duration.ofSeconds(seconds - 1_000_000);
    }

    private static LeaseAction awaits(long holdsForSeconds, long leftSeconds) {
        return new LeaseAction.Await(OTHER, Duration.ofSeconds(holdsForSeconds), Duration.ofSeconds(leftSeconds));
    }
}
