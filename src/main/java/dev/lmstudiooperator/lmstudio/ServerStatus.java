package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/**
 * The state of LM Studio's HTTP server, as {@code lms server status --json} reports it.
 *
 * @param port the port of the current or the last run; null when the server was never started
 */
public record ServerStatus(boolean isRunning, @Nullable Integer port) {}
