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
 * Whether the agent still looks at its LM Studio. That LM Studio does not answer, or that there is none, ends a round as
 * well as any answer: a restart of the agent would not help. Nor would it help who has not begun to look, because another
 * process of this machine does.
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
        return HealthCheckResponse.named("The agent looks at LM Studio")
                .status(!isStuck)
                .withData("lastRoundEndedAt", endedAt.map(Instant::toString).orElse("the poll loop has not started"))
                .withData("longestRoundSeconds", longestRound.toSeconds())
                .build();
    }
}
