package dev.lmstudiooperator.lmstudio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the delays between attempts. */
class BackoffTest {

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(18));

    @Test
    void delayDoublesUpToTheLimit() {
        assertThat(BACKOFF.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(5));
        assertThat(BACKOFF.next(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(10));
        assertThat(BACKOFF.next(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(18));
        assertThat(BACKOFF.next(Duration.ofSeconds(18))).isEqualTo(Duration.ofSeconds(18));
    }

    @Test
    void failuresAreCountedFromOne() {
        assertThat(BACKOFF.after(1)).isEqualTo(Duration.ofSeconds(5));
        assertThat(BACKOFF.after(2)).isEqualTo(Duration.ofSeconds(10));
        assertThat(BACKOFF.after(1_000)).isEqualTo(Duration.ofSeconds(18));
    }

    @Test
    void limitBelowTheFirstDelayDecides() {
        Backoff brief = new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(3));

        assertThat(brief.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(3));
        assertThat(brief.after(1)).isEqualTo(Duration.ofSeconds(3));
    }
}
