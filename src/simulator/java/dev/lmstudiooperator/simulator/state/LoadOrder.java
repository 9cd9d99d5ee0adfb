package dev.lmstudiooperator.simulator.state;

import org.jspecify.annotations.Nullable;

/**
 * What a load was asked for.
 *
 * @param identifier null: the server chooses
 * @param ttlMs null: never expires
 * @param by journal number of the call that asked
 */
public record LoadOrder(
        Model model,
        @Nullable String identifier,
        @Nullable Double ttlMs,
        @Nullable Long contextLength,
        @Nullable Long parallel,
        boolean jit,
        long by) {}
