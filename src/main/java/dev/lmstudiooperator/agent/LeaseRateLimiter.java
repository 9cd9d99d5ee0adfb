package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter.RateLimitState;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/**
 * Holds reconciles back while another process is the agent of this node: the framework writes its finalizer before the
 * reconciler is asked for the first time, and asks a rate limiter before that. Events are kept until the gate opens.
 */
@ApplicationScoped
public class LeaseRateLimiter implements RateLimiter<RateLimitState> {

    /** When it opens everybody is woken; this is for who was not known then. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(30);

    private final NodeLeaseController tenure;

    LeaseRateLimiter(NodeLeaseController tenure) {
        this.tenure = tenure;
    }

    @Override
    public Optional<Duration> isLimited(RateLimitState state) {
        return tenure.standing().mayAct() ? Optional.empty() : Optional.of(ASK_AGAIN);
    }

    @Override
    public RateLimitState initState() {
        return new RateLimitState() {};
    }
}
