package dev.lmstudiooperator.controller.nodelifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last sign of life of a node's agent, in the time of the controller's steady clock.
 *
 * @param heardAt when its lease was last seen to change
 * @param patience how long nothing may be heard of it: the duration of its lease
 * @param lastGap the last time that it was quiet and was heard of again; null when it never was
 */
public record Heartbeat(
        String nodeName,
        Instant heardAt,
        Duration patience,
        @Nullable Gap lastGap) {

    /** From one sign of life to the next. */
    public record Gap(Instant from, Instant until) {}

    /** When it will be silent if nothing is heard of it before. */
    public Instant silentAt() {
        return heardAt.plus(patience);
    }

    /** Whether nothing was heard of it for as long as its lease lasts. */
    public boolean isSilent(Instant now) {
        return !now.isBefore(silentAt());
    }

    /** Whether it is half-way there: two renewals in a row are missing. */
    boolean isQuiet(Instant now) {
        return !now.isBefore(heardAt.plus(patience.dividedBy(2)));
    }

    /** Since when it is quiet, or was until a moment ago. */
    Optional<Instant> doubtfulSince(Instant now) {
        if (isQuiet(now)) {
            return Optional.of(heardAt);
        }
        return Optional.ofNullable(lastGap)
                .filter(gap -> now.isBefore(gap.until().plus(patience)))
                .map(Gap::from);
    }
}
