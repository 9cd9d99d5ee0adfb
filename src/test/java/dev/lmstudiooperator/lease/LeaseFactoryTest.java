package dev.lmstudiooperator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which write follows from the holder of a Lease. */
class LeaseFactoryTest {

    private static final ZonedDateTime LONG_AGO = ZonedDateTime.of(2025, 1, 1, 12, 0, 0, 0, ZoneOffset.UTC);
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final LeaseFactory factory =
            new LeaseFactory("operators", "node.gpu-1", Map.of(), "self", Duration.ofSeconds(40));

    @Test
    void missingLeaseIsCreated() {
        assertHeld(factory.held(null, NOW), 0, NOW.atZone(ZoneOffset.UTC));
    }

    @Test
    void ownLeaseIsRenewed() {
        assertHeld(factory.held(heldBy("self"), NOW), 7, LONG_AGO);
    }

    @Test
    void leaseWithoutAHolderIsTakenOver() {
        assertHeld(factory.held(heldBy(null), NOW), 8, NOW.atZone(ZoneOffset.UTC));
    }

    @Test
    void leaseOfAnotherIsTakenOver() {
        assertHeld(factory.held(heldBy("other"), NOW), 8, NOW.atZone(ZoneOffset.UTC));
    }

    private static Lease heldBy(@Nullable String holder) {
        return new LeaseBuilder()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withAcquireTime(LONG_AGO)
                .withRenewTime(LONG_AGO)
                .withLeaseTransitions(7)
                .endSpec()
                .build();
    }

    private static void assertHeld(Lease lease, int transitions, ZonedDateTime acquireTime) {
        assertThat(lease.getSpec().getHolderIdentity()).isEqualTo("self");
        assertThat(lease.getSpec().getRenewTime()).isEqualTo(NOW.atZone(ZoneOffset.UTC));
        assertThat(lease.getSpec().getLeaseTransitions()).isEqualTo(transitions);
        assertThat(lease.getSpec().getAcquireTime()).isEqualTo(acquireTime);
    }
}
