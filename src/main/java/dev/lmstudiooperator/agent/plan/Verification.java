package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import java.time.Duration;

/**
 * The verification settings of a model.
 *
 * @param settle the wait after a load before the first check
 * @param period the time between checks that pass
 * @param timeout how long one answer may take
 * @param failureThreshold consecutive failed verifications before the model is reloaded
 * @param stuck how long an instance may be busy without progress before it counts as stuck
 * @param isStuckReloaded whether a stuck instance is reloaded, which aborts its running requests
 */
public record Verification(
        VerificationMode mode,
        Duration settle,
        Duration period,
        Duration timeout,
        int failureThreshold,
        Duration stuck,
        boolean isStuckReloaded) {}
