package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When LM Studio's HTTP server is to be started, as far as its absence and the attempts so far tell.
 *
 * <p>Once, when it has been off for {@link #PATIENCE} while LM Studio ran: who restarts LM Studio should win, be it a person
 * or LM Studio itself, which opens its server again a while after it has come up. If it is still off then,
 * or off again before it has run for {@link #STABLE}, somebody does not want it, or something must be repaired first, and
 * another attempt changes neither; it is only there for what passes by itself, such as a port that another program held.
 * So the next one is {@link #FIRST_PAUSE} later, and each pause is twice the one before it, up to {@link #LONGEST_PAUSE}.
 *
 * @param offSince when the looks began that found LM Studio running and nobody listening; null when the last did not
 * @param onSince when the looks began that were answered; null when the last one was not
 * @param last the last attempt; null when there was none since the server last ran for long
 */
record ServerStartBackoff(
        @Nullable Instant offSince,
        @Nullable Instant onSince,
        @Nullable Attempt last) {

    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final Duration FIRST_PAUSE = Duration.ofMinutes(5);
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    /** After this the server is taken to have been started for good. */
    static final Duration STABLE = FIRST_PAUSE;

    static final ServerStartBackoff NONE = new ServerStartBackoff(null, null, null);

    /**
     * One call of {@code lms server start}.
     *
     * @param number how many there were in a row, this one included
     * @param result what it came to, for a person to read; null while it is under way
     */
    record Attempt(int number, Instant at, @Nullable String result) {

        private Instant nextAt() {
            Duration pause = FIRST_PAUSE;
            for (int i = 1; i < number && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
                pause = pause.multipliedBy(2);
            }
            return at.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
        }
    }

    ServerStartBackoff seen(Observation observation) {
        Reading<ApiModelList> served = observation.served();
        if (isOff(served)) {
            boolean isRunning = observation.loaded() instanceof Reading.Known<List<Instance>>;
            Instant since = offSince == null ? served.at() : offSince;
            return new ServerStartBackoff(isRunning ? since : null, null, last);
        }
        return switch (served) {
            // Somebody is there, or nobody has looked: there is nothing to start.
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
        return last == null ? this : new ServerStartBackoff(offSince, onSince, new Attempt(last.number(), last.at(), result));
    }

    boolean isStartDue(Instant now) {
        return dueAt().filter(due -> !now.isBefore(due)).isPresent();
    }

    /** When it is started if it stays off; empty while it is being started, or is not off. */
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

    /** What is done about it, for whoever finds the server off. It changes with an attempt only, not with time. */
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

    /** Nobody listens. A server that listens and does not answer is another trouble, which starting does not help. */
    static boolean isOff(Reading<ApiModelList> served) {
        return served instanceof Reading.Unknown<ApiModelList> unknown
                && unknown.why() instanceof InfrastructureFailure failure
                && failure.kind() == InfrastructureFailure.Kind.UNREACHABLE;
    }
}
