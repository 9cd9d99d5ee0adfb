package dev.lmstudiooperator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class AgentHealthChecksTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONGEST = Duration.ofSeconds(90);

    @Test
    void isUpAsLongAsARoundMayTake() {
        assertThat(statusWhenTheLastRoundEnded(LONGEST)).isEqualTo(Status.UP);
    }

    @Test
    void isDownWhenNoRoundEndsAnyMore() {
        assertThat(statusWhenTheLastRoundEnded(LONGEST.plusMillis(1))).isEqualTo(Status.DOWN);
    }

    /** A clock that was set back does not cause a restart. */
    @Test
    void isUpWhenTheLastRoundEndedInTheFuture() {
        assertThat(statusWhenTheLastRoundEnded(Duration.ofHours(-1))).isEqualTo(Status.UP);
    }

    @Test
    void isUpWhileItWaitsForTheLockOfItsMachine() {
        assertThat(status(Optional.empty())).isEqualTo(Status.UP);
    }

    private static Status statusWhenTheLastRoundEnded(Duration ago) {
        return status(Optional.of(NOW.minus(ago)));
    }

    private static Status status(Optional<Instant> lastRoundEndedAt) {
        return AgentHealthChecks.observation(lastRoundEndedAt, LONGEST, NOW).getStatus();
    }
}
