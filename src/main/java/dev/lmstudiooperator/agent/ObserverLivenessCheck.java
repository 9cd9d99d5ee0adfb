package dev.lmstudiooperator.agent;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Checks that the agent still observes LM Studio. A failed observation counts as well: if LM Studio does not answer or
 * does not exist, a restart of the agent does not help. The check also succeeds before the first observation, while
 * another process on this machine is the agent.
 */
@Liveness
@ApplicationScoped
public class ObserverLivenessCheck implements HealthCheck {

    private final Supplier<Optional<Instant>> roundEndedAt;
    private final Duration longestRound;
    private final InstantSource clock;

    @Inject
    ObserverLivenessCheck(AgentRuntime node, AgentSettings settings, InstantSource clock) {
        this(() -> node.observer().roundEndedAt(), settings.longestRound(), clock);
    }

    ObserverLivenessCheck(Supplier<Optional<Instant>> roundEndedAt, Duration longestRound, InstantSource clock) {
        this.roundEndedAt = roundEndedAt;
        this.longestRound = longestRound;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<Instant> endedAt = roundEndedAt.get();
        boolean isStuck = endedAt.filter(time -> clock.instant().isAfter(time.plus(longestRound)))
                .isPresent();
        return HealthCheckResponse.named("The agent polls LM Studio")
                .status(!isStuck)
                .withData("lastRoundEndedAt", endedAt.map(Instant::toString).orElse("the poll loop has not started"))
                .withData("longestRoundSeconds", longestRound.toSeconds())
                .build();
    }
}
