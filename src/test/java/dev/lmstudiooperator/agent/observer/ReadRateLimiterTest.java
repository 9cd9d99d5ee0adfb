package dev.lmstudiooperator.agent.observer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ReadRateLimiterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final ReadRateLimiter budget = new ReadRateLimiter();

    @Test
    void burstAfterARestIsLetThrough() {
        for (int i = 0; i < ReadRateLimiter.MOST; i++) {
            assertThat(budget.waiting(NOW)).isZero();
            budget.spend(NOW);
        }

        assertThat(budget.waiting(NOW)).isEqualTo(ReadRateLimiter.PER_READ);
        assertThat(budget.waiting(NOW.plus(ReadRateLimiter.PER_READ))).isZero();
    }

    @Test
    void ownOperationPermitsItsReads() {
        for (int i = 0; i < ReadRateLimiter.MOST; i++) {
            budget.spend(NOW);
        }

        budget.earn(NOW);

        for (int i = 0; i < ReadRateLimiter.PER_CHANGE; i++) {
            assertThat(budget.waiting(NOW)).isZero();
            budget.spend(NOW);
        }
        assertThat(budget.waiting(NOW)).isPositive();
    }

    /** The bound holds for a caller that reads as soon as it may, with any pauses. */
    @Property
    void noMinuteHasMoreThanSixtyReads(@ForAll @Size(max = 300) List<@IntRange(max = 20_000) Integer> pauses) {
        ReadRateLimiter asked = new ReadRateLimiter();
        List<Instant> reads = new ArrayList<>();
        Instant now = NOW;
        for (int pause : pauses) {
            now = now.plusMillis(pause / 10);
            now = now.plus(asked.waiting(now));
            asked.spend(now);
            reads.add(now);
        }

        for (int i = 60; i < reads.size(); i++) {
            assertThat(Duration.between(reads.get(i - 60), reads.get(i))).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        }
    }
}
