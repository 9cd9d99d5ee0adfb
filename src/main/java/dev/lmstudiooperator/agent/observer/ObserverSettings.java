package dev.lmstudiooperator.agent.observer;

import java.time.Duration;

/**
 * The intervals at which LM Studio is observed.
 *
 * @param pollInterval between two requests to the HTTP API, which cost milliseconds
 * @param resyncInterval the longest time without {@code lms ps}, which costs a process
 * @param resyncIntervalWithoutApi the same while the HTTP API cannot be polled, or {@code lms} fails
 * @param inventoryInterval the longest time without {@code lms ls}
 */
public record ObserverSettings(
        Duration pollInterval,
        Duration resyncInterval,
        Duration resyncIntervalWithoutApi,
        Duration inventoryInterval) {}
