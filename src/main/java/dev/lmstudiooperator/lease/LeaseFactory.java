package dev.lmstudiooperator.lease;

import static java.util.Objects.requireNonNullElse;

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

/**
 * Builds the Lease as its holder writes it. Content from other writers stays.
 *
 * @param labels labels to add to those from other writers
 * @param holder the identity of the holder
 * @param duration how long a renewal is valid; written in full seconds, rounded up
 */
public record LeaseFactory(
        String namespace, String name, Map<String, String> labels, String holder, Duration duration) {

    Lease created(Instant now) {
        return with(
                new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .build(),
                new LeaseSpecBuilder()
                        .withAcquireTime(time(now))
                        .withLeaseTransitions(0)
                        .build(),
                now);
    }

    Lease renewed(Lease standing, Instant now) {
        LeaseSpec before = standing.getSpec();
        return with(
                standing,
                before.getAcquireTime() == null
                        ? new LeaseSpecBuilder(before)
                                .withAcquireTime(time(now))
                                .build()
                        : before,
                now);
    }

    /** Clears the holder. */
    Lease released(Lease standing) {
        return new LeaseBuilder(standing)
                .editSpec()
                .withHolderIdentity(null)
                .endSpec()
                .build();
    }

    Lease takenOver(Lease standing, Instant now) {
        LeaseSpec before = requireNonNullElse(standing.getSpec(), new LeaseSpec());
        LeaseSpec taken = new LeaseSpecBuilder(before)
                .withAcquireTime(time(now))
                .withLeaseTransitions(requireNonNullElse(before.getLeaseTransitions(), 0) + 1)
                .build();
        return with(standing, taken, now);
    }

    private Lease with(Lease standing, LeaseSpec spec, Instant now) {
        return new LeaseBuilder(standing)
                .editOrNewMetadata()
                .addToLabels(labels)
                .endMetadata()
                .withSpec(new LeaseSpecBuilder(spec)
                        .withHolderIdentity(holder)
                        .withLeaseDurationSeconds(
                                Math.toIntExact(duration.plusMillis(999).toSeconds()))
                        .withRenewTime(time(now))
                        .build())
                .build();
    }

    private static ZonedDateTime time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
    }
}
