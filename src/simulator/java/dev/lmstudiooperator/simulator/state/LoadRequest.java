package dev.lmstudiooperator.simulator.state;

import org.jspecify.annotations.Nullable;

/**
 * A requested load.
 *
 * @param identifier null: the server chooses
 * @param ttlMs null: never expires
 * @param by the journal number of the calling entry
 */
public record LoadRequest(
        Model model,
        @Nullable String identifier,
        @Nullable Double ttlMs,
        @Nullable Long contextLength,
        @Nullable Long parallel,
        boolean jit,
        long by) {}
