package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Instant;

/**
 * The failure that stands in the way.
 *
 * @param retryAt when the next attempt falls due
 */
public record Failure(Reason reason, String message, Instant at, Instant retryAt) {}
