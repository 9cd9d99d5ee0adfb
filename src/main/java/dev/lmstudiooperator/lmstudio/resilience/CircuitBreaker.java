package dev.lmstudiooperator.lmstudio.resilience;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.Guard;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stops calls of {@code lms} for a while after consecutive infrastructure failures, and reports the reason and the next
 * attempt.
 */
final class CircuitBreaker {

    private static final Logger LOG = Logger.getLogger(CircuitBreaker.class);

    private final ResilienceSettings settings;
    private final InstantSource clock;
    private final Guard guard;

    private volatile CircuitBreakerState state = CircuitBreakerState.CLOSED;
    private volatile @Nullable Instant trialAt;
    private volatile @Nullable InfrastructureFailure lastFailure;

    CircuitBreaker(ResilienceSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.guard = Guard.create()
                .withDescription("lms circuit breaker")
                .withCircuitBreaker()
                .requestVolumeThreshold(settings.failuresToOpen())
                .failureRatio(1.0)
                .delay(settings.openFor().toMillis(), ChronoUnit.MILLIS)
                .successThreshold(1)
                .when(this::isFailure)
                .onStateChange(this::changed)
                .done()
                .build();
    }

    CircuitBreakerState state() {
        return state;
    }

    /** Executes the call, or throws the refusal if the circuit breaker is open. */
    Object call(Callable<Object> lms) throws Exception {
        try {
            return guard.call(lms, Object.class);
        } catch (CircuitBreakerOpenException e) {
            throw refusal(e);
        }
    }

    /** Returns the failure that reports why the circuit breaker rejects calls. */
    InfrastructureFailure refusal(Throwable cause) {
        Instant nextTrialAt = trialAt;
        InfrastructureFailure why = lastFailure;
        return new InfrastructureFailure(
                InfrastructureFailure.Kind.CIRCUIT_OPEN,
                "Circuit breaker is open after repeated lms failures. %s. Last failure: %s"
                        .formatted(
                                nextTrialAt == null
                                        ? "Next attempt: now"
                                        : "Next attempt at " + nextTrialAt.truncatedTo(ChronoUnit.SECONDS),
                                why == null ? "unknown" : why.explanation()),
                nextTrialAt,
                cause);
    }

    /**
     * A domain failure is not counted, because LM Studio did respond. An interrupted trial call has no result, so the
     * circuit breaker opens again.
     */
    private boolean isFailure(Throwable thrown) {
        if (thrown instanceof InfrastructureFailure failure && failure.kind() != InfrastructureFailure.Kind.CANCELLED) {
            lastFailure = failure;
            return true;
        }
        return thrown instanceof InterruptedException && state == CircuitBreakerState.HALF_OPEN;
    }

    private void changed(CircuitBreakerState to) {
        trialAt = to == CircuitBreakerState.OPEN ? clock.instant().plus(settings.openFor()) : null;
        boolean isTrialOver = state == CircuitBreakerState.HALF_OPEN && to == CircuitBreakerState.OPEN;
        if (to == CircuitBreakerState.CLOSED) {
            LogEvent.of("Circuit breaker closed")
                    .with(LogField.CIRCUIT_BREAKER, to)
                    .info(LOG);
        } else if (to == CircuitBreakerState.OPEN && !isTrialOver) {
            InfrastructureFailure why = lastFailure;
            LogEvent.of("Circuit breaker opened")
                    .with(LogField.CIRCUIT_BREAKER, to)
                    .with(LogField.FAILURES, settings.failuresToOpen())
                    .with(LogField.RETRY_AT, trialAt)
                    .with(LogField.ERROR, why == null ? null : why.explanation())
                    .warn(LOG);
        }
        state = to;
    }
}
