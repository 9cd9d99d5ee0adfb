package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/**
 * LM Studio's HTTP server, as {@code lms server status --json} sees it.
 *
 * @param port the port of this or the last run; null when it was never started
 */
public record ServerStatus(boolean isRunning, @Nullable Integer port) {}
