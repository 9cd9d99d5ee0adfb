package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one verification came to.
 *
 * @param reason why it did not pass; {@link Reason#VERIFIED} when it did
 * @param at when it was made
 * @param cli what {@code lms ps} said
 * @param api what the HTTP API said
 * @param latency how long the HTTP API took to answer; null when it was not asked for an inference
 * @param failuresInARow failed checks since the last one that passed
 * @param isOlderStanding whether an earlier verification still stands, although this check could not decide
 * @param isAnswerOwed whether only an answered request proves the instance again, since one was not answered
 */
public record VerificationOutcome(
        VerificationResult result,
        Reason reason,
        VerificationMode mode,
        Instant at,
        String cli,
        String api,
        @Nullable Duration latency,
        String message,
        int failuresInARow,
        boolean isOlderStanding,
        boolean isAnswerOwed) {

    public boolean hasPassed() {
        return result == VerificationResult.PASSED;
    }
}
