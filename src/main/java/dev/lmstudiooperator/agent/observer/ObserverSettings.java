package dev.lmstudiooperator.agent.observer;

import java.time.Duration;

/**
 * How often LM Studio is looked at.
 *
 * @param pollInterval between two questions to the HTTP API, which cost milliseconds
 * @param resyncInterval at most this long without {@code lms ps}, which costs a process
 * @param resyncIntervalWithoutApi the same while there is no HTTP API to glance at, or {@code lms} fails
 * @param inventoryInterval at most this long without {@code lms ls}
 */
public record ObserverSettings(
        Duration pollInterval, Duration resyncInterval, Duration resyncIntervalWithoutApi, Duration inventoryInterval) {}
