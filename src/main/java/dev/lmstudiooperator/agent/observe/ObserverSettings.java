package dev.lmstudiooperator.agent.observe;

import java.time.Duration;

/**
 * How often LM Studio is looked at.
 *
 * @param glancePeriod between two questions to the HTTP API, which cost milliseconds
 * @param fullLookPeriod at most this long without {@code lms ps}, which costs a process
 * @param fullLookPeriodWithoutApi the same while there is no HTTP API to glance at, or {@code lms} fails
 * @param downloadsPeriod at most this long without {@code lms ls}
 */
public record ObserverSettings(
        Duration glancePeriod, Duration fullLookPeriod, Duration fullLookPeriodWithoutApi, Duration downloadsPeriod) {}
