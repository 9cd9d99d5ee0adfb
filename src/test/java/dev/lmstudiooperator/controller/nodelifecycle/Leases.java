package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** Builds valid Leases of an agent, and invalid ones. */
final class Leases {

    static final ZonedDateTime RENEWED = ZonedDateTime.parse("2026-01-01T00:00:00Z");

    private Leases() {}

    static Lease lease(int version) {
        return lease(version, RENEWED.plusSeconds(10L * version), 40);
    }

    static Lease lease(int version, @Nullable ZonedDateTime renewTime, @Nullable Integer durationSeconds) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withName(NodeLease.nameFor("gpu-1"))
                .withResourceVersion(String.valueOf(version))
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity("agent")
                .withRenewTime(renewTime)
                .withLeaseDurationSeconds(durationSeconds)
                .endSpec()
                .build();
    }

    static Lease lasting(@Nullable Integer durationSeconds) {
        return lease(1, RENEWED, durationSeconds);
    }
}
