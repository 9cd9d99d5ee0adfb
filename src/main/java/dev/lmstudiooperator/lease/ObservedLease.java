package dev.lmstudiooperator.lease;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Lease as it is stored, by any writer. Its times come from the clock of another machine. They are compared only with
 * each other, never with local times.
 *
 * @param holder null if there is none
 */
record ObservedLease(
        @Nullable String holder,
        @Nullable ZonedDateTime renewedAt,
        @Nullable Integer durationSeconds) {

    private static final LeaseSpec EMPTY = new LeaseSpec();

    static ObservedLease of(Lease lease) {
        LeaseSpec spec = Optional.ofNullable(lease.getSpec()).orElse(EMPTY);
        String holder = spec.getHolderIdentity();
        return new ObservedLease(
                holder == null || holder.isBlank() ? null : holder,
                spec.getRenewTime(),
                spec.getLeaseDurationSeconds());
    }

    /** How long the Lease is valid after a renewal; {@code usual} if the Lease has no duration. */
    Duration holdsFor(Duration usual) {
        if (durationSeconds == null || durationSeconds <= 0) {
            return usual;
        }
        Duration reported = Duration.ofSeconds(durationSeconds);
        return reported.compareTo(NodeLease.LONGEST_DURATION) > 0 ? NodeLease.LONGEST_DURATION : reported;
    }
}
