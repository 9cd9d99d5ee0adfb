package dev.lmstudiooperator.lease;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether another process holds a Lease, from its content and from how long the content is unchanged. The local
 * clock measures expiry, starting when this process first observed the holder's last renewal. The age of the renew time
 * in the Lease does not matter.
 */
final class LeaseEvaluator {

    /** The Lease of another holder. Its time comes from the clock of another machine, and only its changes matter. */
    private record Rival(
            String holder,
            @Nullable ZonedDateTime renewedAt,
            @Nullable Integer durationSeconds) {}

    private final String self;
    private final Duration duration;
    private @Nullable Rival rival;
    private Instant rivalObservedAt = Instant.MIN;

    /** @param duration how long a renewal by this process is valid */
    LeaseEvaluator(String self, Duration duration) {
        this.self = self;
        this.duration = duration;
    }

    /**
     * Returns the other process that holds the Lease; empty if this process may write it, because it is the holder, or
     * because there is no holder, or because the holder has not renewed the Lease in time.
     *
     * @param lease null if there is none
     * @param now in steady time, after the Lease was read
     */
    Optional<LeaseAttempt.HeldByAnother> rival(@Nullable Lease lease, Instant now) {
        LeaseSpec spec = lease == null ? null : lease.getSpec();
        String holder = spec == null ? null : spec.getHolderIdentity();
        if (spec == null || holder == null || holder.isBlank() || holder.equals(self)) {
            rival = null;
            return Optional.empty();
        }
        Rival observed = new Rival(holder, spec.getRenewTime(), spec.getLeaseDurationSeconds());
        if (!observed.equals(rival)) {
            rival = observed;
            rivalObservedAt = now;
        }
        Duration holdsFor = holdsFor(observed.durationSeconds());
        Duration left = Duration.between(now, rivalObservedAt.plus(holdsFor));
        return left.isPositive()
                ? Optional.of(new LeaseAttempt.HeldByAnother(holder, holdsFor, left))
                : Optional.empty();
    }

    /** How long the Lease is valid after a renewal; as long as one of this process if the Lease has no duration. */
    private Duration holdsFor(@Nullable Integer durationSeconds) {
        if (durationSeconds == null || durationSeconds <= 0) {
            return duration;
        }
        Duration reported = Duration.ofSeconds(durationSeconds);
        return reported.compareTo(NodeLease.LONGEST_DURATION) > 0 ? NodeLease.LONGEST_DURATION : reported;
    }
}
