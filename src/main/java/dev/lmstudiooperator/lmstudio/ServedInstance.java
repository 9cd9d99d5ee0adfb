package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/**
 * An instance as the HTTP API lists it. The HTTP API is the second source, independent of {@code lms ps}.
 *
 * @param modelKey the model that the instance serves
 * @param identifier the name that clients use; null for LM Studio before 0.4, which lists models only
 * @param contextLength the context length in tokens; null when the API does not report it
 * @param parallel the maximum number of concurrent requests; null when the API does not report it, as for embedding
 *     models
 */
public record ServedInstance(
        String modelKey,
        @Nullable String identifier,
        @Nullable Integer contextLength,
        @Nullable Integer parallel) {}
