package dev.lmstudiooperator.agent.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Tests which progress is reported. Each report is a write to the API server. */
class ProgressThrottleTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final ProgressThrottle pace = new ProgressThrottle();

    @Test
    void startWithoutProgressIsNotReported() {
        assertThat(pace.admits(new DownloadProgress(0, null, null), NOW)).isFalse();
        assertThat(pace.reported()).isNull();

        assertThat(pace.admits(progress(0), NOW)).isTrue();
        assertThat(pace.reported()).isEqualTo(progress(0));
    }

    @Test
    void samePercentageIsNeverReportedAgain() {
        assertThat(pace.admits(progress(3), NOW)).isTrue();

        assertThat(pace.admits(progress(3), NOW.plusSeconds(3600))).isFalse();
    }

    @Test
    void nextPercentageIsReportedTenSecondsAfterTheLastReport() {
        assertThat(pace.admits(progress(3), NOW)).isTrue();

        assertThat(pace.admits(progress(4), NOW.plusMillis(9_999))).isFalse();
        assertThat(pace.reported()).isEqualTo(progress(3));
        assertThat(pace.admits(progress(4), NOW.plusSeconds(10))).isTrue();
        assertThat(pace.reported()).isEqualTo(progress(4));
    }

    @Test
    void decreasingProgressIsReportedToo() {
        assertThat(pace.admits(progress(30), NOW)).isTrue();

        assertThat(pace.admits(progress(2), NOW.plusSeconds(10))).isTrue();
    }

    @Property
    void downloadIsReportedAtMostOncePerPercentAndTenSeconds(@ForAll @IntRange(min = 1, max = 5_000) int seconds) {
        ProgressThrottle any = new ProgressThrottle();
        int reported = 0;
        for (int second = 0; second <= seconds; second++) {
            if (any.admits(progress(100 * second / seconds), NOW.plusSeconds(second))) {
                reported++;
            }
        }

        assertThat(reported).isBetween(1, Math.min(101, 1 + seconds / 10));
    }

    private static DownloadProgress progress(int percent) {
        return new DownloadProgress(percent, percent * 10L, 1_000L);
    }
}
