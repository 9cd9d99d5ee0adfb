package dev.lmstudiooperator.lmstudio;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model, as {@code lms ps --json} lists it.
 *
 * @param identifier the name that clients call, unique per device
 * @param ttl how long it may stay idle before LM Studio unloads it; null when it never expires
 * @param lastUsedAt the last request; null until the first one, the epoch when LM Studio names a time that is still to come
 * @param contextLength tokens, as LM Studio set it, which may differ from what was asked for
 * @param parallel requests served at once; null for embedding models
 * @param queued requests that wait, the one in work included
 * @param sizeBytes size on disk, not in memory
 * @param deviceIdentifier the linked device that holds it, or null for this machine
 * @param variant the selected variant of a catalogue model; null for a model without variants
 * @param quantization the name of the quantization, such as {@code Q4_K_M}; null when LM Studio does not report it
 * @param maxContextLength the longest context that the model supports, in tokens; null when LM Studio does not report it
 */
public record Instance(
        String identifier,
        String modelKey,
        ModelType type,
        @Nullable Duration ttl,
        @Nullable Instant lastUsedAt,
        int contextLength,
        @Nullable Integer parallel,
        Activity activity,
        int queued,
        long sizeBytes,
        @Nullable String deviceIdentifier,
        @Nullable String variant,
        @Nullable String quantization,
        @Nullable Integer maxContextLength) {

    private static final Pattern NUMBERED = Pattern.compile("(.+):\\d+");

    public boolean isLocal() {
        return deviceIdentifier == null;
    }

    /** The identifier that was taken when LM Studio named this {@code IDENTIFIER:2}; empty if it has no such name. */
    public Optional<String> original() {
        if (identifier.indexOf(':') < 0) {
            return Optional.empty();
        }
        Matcher numbered = NUMBERED.matcher(identifier);
        return numbered.matches() ? Optional.of(numbered.group(1)) : Optional.empty();
    }

    /** The same instance without what changes merely because clients use it. */
    public Instance atRest() {
        return new Instance(
                identifier,
                modelKey,
                type,
                ttl,
                null,
                contextLength,
                parallel,
                Activity.IDLE,
                0,
                sizeBytes,
                deviceIdentifier,
                variant,
                quantization,
                maxContextLength);
    }

    /** The same instance, with another time of its last request. */
    public Instance usedAt(@Nullable Instant time) {
        return new Instance(
                identifier,
                modelKey,
                type,
                ttl,
                time,
                contextLength,
                parallel,
                activity,
                queued,
                sizeBytes,
                deviceIdentifier,
                variant,
                quantization,
                maxContextLength);
    }

    public boolean isBusy() {
        return activity != Activity.IDLE || queued > 0;
    }
}
