package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter.RateLimitState;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/**
 * Delays reconciliations while another process is the agent of this node. JOSDK writes its finalizer before it calls
 * the reconciler for the first time, but asks a rate limiter before that. JOSDK keeps the events until the limit ends.
 */
@ApplicationScoped
public class LeaseRateLimiter implements RateLimiter<RateLimitState> {

    /**
     * When the limit ends, the agent triggers all known ManagedModels. This delay covers those that were not known
     * then.
     */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final NodeLeaseController nodeLease;

    LeaseRateLimiter(NodeLeaseController nodeLease) {
        this.nodeLease = nodeLease;
    }

    @Override
    public Optional<Duration> isLimited(RateLimitState state) {
        return nodeLease.leaseStatus().isHeld() ? Optional.empty() : Optional.of(RETRY_AFTER);
    }

    @Override
    public RateLimitState initState() {
        return new RateLimitState() {};
    }
}
