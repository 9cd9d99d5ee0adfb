package dev.lmstudiooperator.agent.tenure;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * How the Lease is written, by whoever holds it. What others wrote beside it stays.
 *
 * @param holder the id of this agent
 * @param duration for how long a renewal holds; told in full seconds
 */
record LeaseDraft(String namespace, String nodeName, String holder, Duration duration) {

    Lease created(Instant now) {
        return with(
                new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(NodeLease.nameFor(nodeName))
                        .endMetadata()
                        .build(),
                new LeaseSpecBuilder()
                        .withAcquireTime(time(now))
                        .withLeaseTransitions(0)
                        .build(),
                now);
    }

    Lease renewed(Lease standing, Instant now) {
        return with(standing, standing.getSpec(), now);
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
                .addToLabels(NodeLease.LABEL, "")
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
