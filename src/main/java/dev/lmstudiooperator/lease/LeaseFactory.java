package dev.lmstudiooperator.lease;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the Lease as its holder writes it. Content from other writers stays.
 *
 * @param labels labels to add to those from other writers
 * @param holder the identity of the holder
 * @param duration how long a renewal is valid; written in full seconds, rounded up
 */
public record LeaseFactory(
        String namespace, String name, Map<String, String> labels, String holder, Duration duration) {

    /**
     * Creates the Lease, renews it, or takes it over from another holder.
     *
     * @param current the Lease in the API server; null if there is none
     */
    Lease held(@Nullable Lease current, Instant now) {
        Lease lease = requireNonNullElseGet(current, Lease::new);
        LeaseSpec before = requireNonNullElseGet(lease.getSpec(), LeaseSpec::new);
        boolean isRenewal = holder.equals(before.getHolderIdentity());
        LeaseSpecBuilder spec = new LeaseSpecBuilder(before)
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds(
                        Math.toIntExact(duration.plusMillis(999).toSeconds()))
                .withRenewTime(time(now));
        if (!isRenewal || before.getAcquireTime() == null) {
            spec.withAcquireTime(time(now));
        }
        if (!isRenewal) {
            spec.withLeaseTransitions(current == null ? 0 : requireNonNullElse(before.getLeaseTransitions(), 0) + 1);
        }
        return new LeaseBuilder(lease)
                .editOrNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels(labels)
                .endMetadata()
                .withSpec(spec.build())
                .build();
    }

    /** Clears the holder. */
    Lease released(Lease current) {
        return new LeaseBuilder(current)
                .editSpec()
                .withHolderIdentity(null)
                .endSpec()
                .build();
    }

    private static ZonedDateTime time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
    }
}
