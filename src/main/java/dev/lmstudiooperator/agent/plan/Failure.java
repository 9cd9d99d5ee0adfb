package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The failure that stands in the way.
 *
 * @param retryAt when the next attempt falls due; null when only a change helps
 */
public record Failure(
        Reason reason, String message, Instant at, @Nullable Instant retryAt) {}
