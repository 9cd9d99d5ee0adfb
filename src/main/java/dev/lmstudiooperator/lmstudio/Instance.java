package dev.lmstudiooperator.lmstudio;

import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model, as {@code lms ps --json} lists it.
 *
 * @param identifier the name that clients use; unique per device
 * @param ttl how long the instance may stay idle before LM Studio unloads it; null when it never expires
 * @param lastUsedAt the time of the last request; null before the first one. It is the epoch when LM Studio reports a
 *     time in the future
 * @param contextLength the context length that LM Studio set, in tokens; it may differ from the requested one
 * @param parallel the maximum number of concurrent requests; null for embedding models
 * @param queued the number of queued requests, including the one in progress
 * @param sizeBytes size on disk, not in memory
 * @param deviceIdentifier the linked device that runs the instance; null for this machine
 * @param variant the selected variant of a catalogue model; null for a model without variants
 * @param quantization the name of the quantization, such as {@code Q4_K_M}; null when LM Studio does not report it
 * @param maxContextLength the longest supported context, in tokens; null when LM Studio does not report it
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

    /** The current work of an instance. LM Studio has no state for loading, unloading or failed. */
    public enum Activity {
        IDLE,
        PROCESSING_PROMPT,
        GENERATING,
        COMPUTING_EMBEDDING
    }

    private static final Pattern NUMBERED = Pattern.compile("(.+):\\d+");

    public boolean isLocal() {
        return deviceIdentifier == null;
    }

    /**
     * Returns the identifier that was in use when LM Studio named this instance {@code IDENTIFIER:2}. Empty if the
     * identifier has no such suffix.
     */
    public Optional<String> original() {
        if (identifier.indexOf(':') < 0) {
            return Optional.empty();
        }
        Matcher numbered = NUMBERED.matcher(identifier);
        return numbered.matches() ? Optional.of(numbered.group(1)) : Optional.empty();
    }

    /** Returns a copy without the values that change with client requests. */
    public Instance atRest() {
        return with(null, Activity.IDLE, 0);
    }

    /** Returns a copy with the given time of the last request. */
    public Instance usedAt(@Nullable Instant time) {
        return with(time, activity, queued);
    }

    private Instance with(@Nullable Instant usedAt, Activity work, int waiting) {
        return new Instance(
                identifier,
                modelKey,
                type,
                ttl,
                usedAt,
                contextLength,
                parallel,
                work,
                waiting,
                sizeBytes,
                deviceIdentifier,
                variant,
                quantization,
                maxContextLength);
    }

    /** Formats a number of bytes for messages. */
    public static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    public boolean isBusy() {
        return activity != Activity.IDLE || queued > 0;
    }
}
