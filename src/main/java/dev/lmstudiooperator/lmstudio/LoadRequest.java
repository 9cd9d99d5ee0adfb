package dev.lmstudiooperator.lmstudio;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request for one load. The TTL and the identifier are mandatory. Without a TTL, the memory would never be freed.
 * Without an identifier, LM Studio would load a second copy of a loaded model.
 *
 * @param modelKey the key exactly as {@code lms ls --json} lists it
 * @param identifier the name of the new instance
 * @param ttl the idle time after which LM Studio unloads the instance, in whole seconds, at least one
 * @param contextLength the context length in tokens; null for the default of LM Studio
 * @param gpu {@code max}, {@code off}, or the share of layers from {@code 0} to {@code 1}; null for the default of LM
 *     Studio
 * @param parallel the maximum number of concurrent requests; null for the default of LM Studio
 * @param path the exact path of the model, as {@code lms ls --json} lists it; {@code lms load} compares it literally.
 *     Null if several models share the path, because {@code lms load} would load the first of them. The key is then the
 *     only name. {@code lms load} matches a key by similarity when the model is no longer on disk
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
