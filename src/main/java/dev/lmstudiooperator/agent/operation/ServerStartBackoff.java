package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides when to start the HTTP server of LM Studio, based on how long it has been off and on earlier attempts.
 *
 * <p>The agent makes the first attempt after the server has been off for {@link #PATIENCE} while LM Studio runs. This
 * delay gives precedence to a user or to LM Studio itself, which opens its server some time after its own start. If the
 * server is still off after an attempt, or is off again before it has run for {@link #STABLE}, it is probably off on
 * purpose or needs a repair. Another attempt changes neither. Further attempts only help with transient causes, such as
 * a port in use by another program. The agent therefore makes them with the delays of {@link #BACKOFF}.
 *
 * @param offSince the start of the first consecutive observation that found LM Studio running but the server not
 *     listening; null when the last one did not
 * @param onSince the start of the first consecutive observation that the server answered; null when it did not answer
 *     the last one
 * @param last the last attempt; null when there was none since the server last ran for {@link #STABLE}
 */
record ServerStartBackoff(
        @Nullable Instant offSince,
        @Nullable Instant onSince,
        @Nullable Attempt last) {

    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final Backoff BACKOFF = new Backoff(Duration.ofMinutes(5), Duration.ofHours(1));

    /** After this time the server counts as started successfully. */
    static final Duration STABLE = BACKOFF.first();

    static final ServerStartBackoff NONE = new ServerStartBackoff(null, null, null);

    /**
     * One call of {@code lms server start}.
     *
     * @param number the number of consecutive attempts, including this one
     * @param result the human-readable result; null while the attempt is running
     */
    record Attempt(int number, Instant at, @Nullable String result) {

        private Instant nextAt() {
            return at.plus(BACKOFF.after(number));
        }
    }

    ServerStartBackoff observed(Observation observation) {
        Reading<ApiModelList> served = observation.served();
        if (isOff(served)) {
            boolean isRunning = observation.loaded().isKnown();
            Instant since = offSince == null ? served.at() : offSince;
            return new ServerStartBackoff(isRunning ? since : null, null, last);
        }
        return switch (served) {
            // A server listens but fails, or there is no observation yet: there is nothing to start.
            case Reading.Unknown<ApiModelList> unknown -> new ServerStartBackoff(null, null, last);
            case Reading.Known<ApiModelList> known -> {
                Instant since = onSince == null ? known.at() : onSince;
                boolean isStable = !known.at().isBefore(since.plus(STABLE));
                yield new ServerStartBackoff(null, since, isStable && !isBeingStarted() ? null : last);
            }
        };
    }

    ServerStartBackoff begun(Instant at) {
        return new ServerStartBackoff(offSince, onSince, new Attempt(last == null ? 1 : last.number() + 1, at, null));
    }

    ServerStartBackoff ended(String result) {
        return last == null
                ? this
                : new ServerStartBackoff(offSince, onSince, new Attempt(last.number(), last.at(), result));
    }

    boolean isStartDue(Instant now) {
        return dueAt().filter(due -> !now.isBefore(due)).isPresent();
    }

    /** When the server is started if it stays off; empty while a start is running, or when the server is not off. */
    Optional<Instant> dueAt() {
        if (offSince == null || isBeingStarted()) {
            return Optional.empty();
        }
        Instant patientUntil = offSince.plus(PATIENCE);
        return Optional.of(last == null || last.nextAt().isBefore(patientUntil) ? patientUntil : last.nextAt());
    }

    private boolean isBeingStarted() {
        return last != null && last.result() == null;
    }

    /**
     * Describes for users how the agent handles the server being off. The text changes only with an attempt, not over
     * time.
     */
    String plan() {
        if (last == null) {
            return "The agent starts the server after it has been down for %d s while LM Studio runs"
                    .formatted(PATIENCE.toSeconds());
        }
        if (last.result() == null) {
            return "The agent has been starting it since " + readable(last.at());
        }
        return "The agent tried to start it at %s: %s. Next attempt at %s"
                .formatted(readable(last.at()), last.result(), readable(last.nextAt()));
    }

    private static Instant readable(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Whether the server is not listening. Starting it does not help a server that listens but does not answer. */
    static boolean isOff(Reading<ApiModelList> served) {
        return served.failure()
                .filter(why -> why.is(InfrastructureFailure.Kind.UNREACHABLE))
                .isPresent();
    }
}
