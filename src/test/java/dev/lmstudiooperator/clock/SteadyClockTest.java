package dev.lmstudiooperator.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Instant wall = START;
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final SteadyClock clock = new SteadyClock(() -> wall, nanos::get);

    @Test
    void beginsWithTheClockOfTheMachine() {
        assertThat(clock.instant()).isEqualTo(START);
    }

    /** The nanosecond counter can have any origin, and can overflow. */
    @Test
    void runsOnWithTheTimeThatPasses() {
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());

        assertThat(clock.instant()).isEqualTo(START.plusSeconds(10));
    }

    @Test
    void clockOfThisMachineNeverGoesBack() {
        SteadyClock machine = SteadyClock.ofThisMachine();
        Instant before = machine.instant();

        assertThat(machine.instant()).isAfterOrEqualTo(before);
    }

    @Test
    void doesNotCareWhenTheClockOfTheMachineIsSet() {
        wall = START.minusSeconds(86_400);

        assertThat(clock.instant()).isEqualTo(START);
    }

    @Test
    void convertsASteadyTimeToWallTime() {
        set(Duration.ofDays(1));

        assertThat(clock.wall(START.plusSeconds(5))).isEqualTo(START.plusSeconds(86_405));
        assertThat(clock.wall()).isEqualTo(wall);
    }

    /**
     * NTP continuously slews the clock by small amounts. Times with a resolution of one second need no correction for
     * it.
     */
    @Test
    void smallDifferenceIsNone() {
        set(Duration.ofMillis(900));

        assertThat(clock.offset()).isZero();
    }

    @Test
    void findsWhatWasShownBeforeAStepForward() {
        pass(Duration.ofSeconds(10));
        set(Duration.ofDays(1));

        assertThat(clock.earliest(START.plusSeconds(4))).contains(START.plusSeconds(4));
        assertThat(clock.latest(START.plusSeconds(4))).contains(START.plusSeconds(4));
        pass(Duration.ofSeconds(10));
        assertThat(clock.latest(wall)).contains(clock.instant());
    }

    @Test
    void timeThatWasShownTwiceHasTwoAnswers() {
        pass(Duration.ofSeconds(100));
        set(Duration.ofMinutes(-1));
        pass(Duration.ofSeconds(20));

        assertThat(clock.earliest(wall)).contains(START.plusSeconds(60));
        assertThat(clock.latest(wall)).contains(START.plusSeconds(120));
    }

    /** If it were taken for the current time, it would remain the current time forever. */
    @Test
    void timeThatIsStillToComeHasNone() {
        assertThat(clock.earliest(START.plusSeconds(86_400))).isEmpty();
        assertThat(clock.latest(START.plusSeconds(86_400))).isEmpty();
    }

    @Test
    void timeOfBeforeTheStartIsBelieved() {
        set(Duration.ofMinutes(-1));

        assertThat(clock.earliest(START.minusSeconds(3600))).contains(START.minusSeconds(3600));
    }

    /** A clock step is detected with a delay. */
    @Test
    void skippedTimeIsTakenForOneOfBeforeTheStepWasNoticed() {
        pass(Duration.ofSeconds(10));
        set(Duration.ofHours(1));

        assertThat(clock.earliest(START.plusSeconds(3605))).contains(START.plusSeconds(5));
    }

    @Test
    void remembersABoundedNumberOfSteps() {
        for (int i = 1; i <= 1000; i++) {
            set(Duration.ofSeconds(10L * i));
            pass(Duration.ofSeconds(1));
            assertThat(clock.latest(wall)).contains(clock.instant());
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        wall = wall.plus(time);
    }

    private void set(Duration offset) {
        wall = clock.instant().plus(offset);
        clock.offset();
    }
}
