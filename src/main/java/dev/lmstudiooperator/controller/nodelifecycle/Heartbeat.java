package dev.lmstudiooperator.controller.nodelifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last heartbeat of a node's agent, in the time of the controller's steady clock.
 *
 * @param observedAt when the last change of its Lease was observed
 * @param leaseDuration how long the heartbeat is valid: the lease duration
 * @param lastGap the last time that the heartbeat was late and resumed; null if there was none
 */
public record Heartbeat(
        String nodeName,
        Instant observedAt,
        Duration leaseDuration,
        @Nullable Gap lastGap) {

    /** From one heartbeat to the next. */
    public record Gap(Instant from, Instant until) {}

    /** When the heartbeat expires if no other follows. */
    public Instant expiresAt() {
        return observedAt.plus(leaseDuration);
    }

    /** Whether the heartbeat has expired: its lease duration has passed. */
    public boolean isExpired(Instant now) {
        return !now.isBefore(expiresAt());
    }

    /** Whether the heartbeat is late: half of its lease duration has passed, so two consecutive renewals are missing. */
    boolean isLate(Instant now) {
        return !now.isBefore(observedAt.plus(leaseDuration.dividedBy(2)));
    }

    /** The last heartbeat before the doubt, if the heartbeat is late or was late until recently. */
    Optional<Instant> doubtfulSince(Instant now) {
        if (isLate(now)) {
            return Optional.of(observedAt);
        }
        return Optional.ofNullable(lastGap)
                .filter(gap -> now.isBefore(gap.until().plus(leaseDuration)))
                .map(Gap::from);
    }
}
