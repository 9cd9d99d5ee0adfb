package dev.lmstudiooperator.lmstudio;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One load. There is no way to ask for a load without a TTL or without an identifier: the first would never give the
 * memory back, the second would make a second copy of a loaded model.
 *
 * @param modelKey exactly as {@code lms ls --json} lists it
 * @param identifier the name of the new instance
 * @param ttl idle time after which LM Studio unloads it, whole seconds, at least one
 * @param contextLength tokens; null leaves it to LM Studio
 * @param gpu {@code max}, {@code off}, or the share of layers from {@code 0} to {@code 1}; null leaves it to LM Studio
 * @param parallel requests served at once; null leaves it to LM Studio
 * @param path the exact path of the model, as {@code lms ls --json} lists it; {@code lms load} compares it literally. Null
 *     where several models share the path: {@code lms load} would take the first of them. Then the key is the only name
 *     left, which {@code lms load} matches fuzzily when the model has left the disk
 */
public record LoadRequest(
        String modelKey,
        String identifier,
        Duration ttl,
        @Nullable Integer contextLength,
        @Nullable String gpu,
        @Nullable Integer parallel,
        @Nullable String path) {

    public LoadRequest {
        if (ttl.toSeconds() < 1) {
            throw new IllegalArgumentException("A load needs a TTL of at least one second, not " + ttl);
        }
    }
}
