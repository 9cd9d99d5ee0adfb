package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory.
 *
 * @param reference unique, unlike the identifier
 * @param ttlMs TTL of an idle instance in milliseconds, a JavaScript number; null: never expires
 * @param lastUsed null until the first request
 * @param loadedAt the start of the load while it is in progress
 * @param jit loaded because of a request for it
 * @param engineDead still listed, but every request fails
 * @param stuck requests start and never end
 * @param listedOnly still loading, but already in the list
 */
public record Instance(
        long reference,
        String identifier,
        Model model,
        @Nullable Double ttlMs,
        @Nullable Instant lastUsed,
        Instant loadedAt,
        long contextLength,
        @Nullable Long parallel,
        Activity activity,
        int queued,
        boolean jit,
        boolean engineDead,
        boolean stuck,
        boolean listedOnly) {

    /** The activity of an instance. The values do not include loading, unloading or failed. */
    public enum Activity {
        IDLE("idle"),
        PROCESSING_PROMPT("processingPrompt"),
        GENERATING("generating"),
        COMPUTING_EMBEDDING("computingEmbedding");

        private final String value;

        Activity(String value) {
            this.value = value;
        }

        @JsonValue
        public String value() {
            return value;
        }
    }

    /** Returns when the instance expires; empty if it never does or is busy. */
    public Optional<Instant> expiresAt() {
        if (ttlMs == null || activity != Activity.IDLE || queued > 0 || ttlMs > Long.MAX_VALUE / 1_000_000.0) {
            return Optional.empty();
        }
        var idleSince = lastUsed != null ? lastUsed : loadedAt;
        return Optional.of(idleSince.plus(Duration.ofMillis(Math.round(ttlMs))));
    }

    public boolean isExpiredAt(Instant now) {
        return expiresAt().map(end -> !end.isAfter(now)).orElse(false);
    }

    /** Returns the instance as loaded at that time with that identifier. */
    public Instance loaded(Instant time, String newIdentifier) {
        return new Instance(
                reference,
                newIdentifier,
                model,
                ttlMs,
                lastUsed,
                time,
                contextLength,
                parallel,
                activity,
                queued,
                jit,
                engineDead,
                stuck,
                false);
    }

    public Instance withActivity(Activity newActivity, int newQueued) {
        return new Instance(
                reference,
                identifier,
                model,
                ttlMs,
                lastUsed,
                loadedAt,
                contextLength,
                parallel,
                newActivity,
                newQueued,
                jit,
                engineDead,
                stuck,
                listedOnly);
    }

    public Instance usedAt(Instant time) {
        return new Instance(
                reference,
                identifier,
                model,
                ttlMs,
                time,
                loadedAt,
                contextLength,
                parallel,
                activity,
                queued,
                jit,
                engineDead,
                stuck,
                listedOnly);
    }

    public Instance with(@Nullable Double newTtlMs, long newContextLength, boolean newEngineDead, boolean newStuck) {
        return new Instance(
                reference,
                identifier,
                model,
                newTtlMs,
                lastUsed,
                loadedAt,
                newContextLength,
                parallel,
                activity,
                queued,
                jit,
                newEngineDead,
                newStuck,
                listedOnly);
    }

    /** Returns the summary for the journal. */
    public String summary() {
        var ttl = ttlMs == null ? "none" : Json.number(ttlMs / 1000).asText();
        return identifier + " " + model.modelKey() + " ttl=" + ttl + " context=" + contextLength
                + (model.isLocal() ? "" : " device=" + model.deviceIdentifier());
    }
}
