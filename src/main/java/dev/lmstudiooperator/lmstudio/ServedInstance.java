package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/**
 * An instance as the HTTP API lists it: the second witness beside {@code lms ps}.
 *
 * @param modelKey the model that it serves
 * @param identifier the name that clients call; null from LM Studio before 0.4, which lists models only
 * @param contextLength tokens; null where the API does not report it
 * @param parallel requests served at once; null where the API does not report it, as for embedding models
 */
public record ServedInstance(
        String modelKey,
        @Nullable String identifier,
        @Nullable Integer contextLength,
        @Nullable Integer parallel) {}
