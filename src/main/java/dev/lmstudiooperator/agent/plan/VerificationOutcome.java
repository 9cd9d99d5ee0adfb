package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one verification.
 *
 * @param reason why it did not pass; {@link Reason#VERIFIED} when it did
 * @param at when it was made
 * @param cli the result of {@code lms ps}
 * @param api the result of the HTTP API
 * @param latency how long the HTTP API took to answer; null when no inference was requested
 * @param failuresInARow consecutive failed checks since the last one that passed
 * @param isOlderStanding whether an earlier verification still stands, although this check was inconclusive
 * @param isAnswerOwed whether a request was not answered, so that only an answered request verifies the instance again
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
