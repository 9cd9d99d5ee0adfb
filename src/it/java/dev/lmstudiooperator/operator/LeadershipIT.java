package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of several controllers is the leader, and another takes over from it. */
@WithControlPlane
class LeadershipIT {

    private static final Duration FAILOVER = Duration.ofSeconds(20);

    /** A controller that is terminated releases the Lease. */
    private static final Duration HANDOVER = Duration.ofSeconds(8);

    @Test
    void anotherControllerTakesOverWithinTwentySeconds(
            ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        try (Cluster cluster = Cluster.on(controlPlane, namespace.name(), folder)) {
            FakeAgent node = FakeAgent.start(controlPlane.admin(), "one");
            OperatorProcess first = cluster.addController().awaitReady();
            apply(cluster, "before");
            awaitBound(cluster, "before", FAILOVER);
            String leader = holder(controlPlane);
            OperatorProcess second = cluster.addController().awaitReady();
            assertThat(holder(controlPlane)).isEqualTo(leader);

            first.kill();
            apply(cluster, "after");

            awaitBound(cluster, "after", FAILOVER);
            assertThat(holder(controlPlane)).isNotEqualTo(leader);

            second.close();
            cluster.addController().awaitReady();
            apply(cluster, "at-once");

            awaitBound(cluster, "at-once", HANDOVER);
            node.close();
        }
    }

    /** The times in its Lease are those of its own clock. The other controllers do not rely on them. */
    @Test
    void leaderWhoseClockWasADayAheadIsReplacedAsQuickly(
            ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        ShiftedClock clock = ShiftedClock.in(folder);
        clock.set(Duration.ofDays(1));
        try (Cluster cluster = Cluster.on(controlPlane, namespace.name(), folder)) {
            FakeAgent node = FakeAgent.start(controlPlane.admin(), "one");
            OperatorProcess first = cluster.addController(clock.environment()).awaitReady();
            apply(cluster, "before");
            awaitBound(cluster, "before", FAILOVER);
            cluster.addController().awaitReady();

            first.kill();
            apply(cluster, "after");

            awaitBound(cluster, "after", FAILOVER);
            node.close();
        }
    }

    /** Removes the times as {@code kubectl patch} does. */
    @Test
    void leaseThatLostItsTimesEndsNoElection(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        try (Cluster cluster = Cluster.on(controlPlane, namespace.name(), folder)) {
            FakeAgent node = FakeAgent.start(controlPlane.admin(), "one");
            OperatorProcess first = cluster.addController().awaitReady();
            apply(cluster, "before");
            awaitBound(cluster, "before", FAILOVER);
            OperatorProcess second = cluster.addController().awaitReady();

            lease(controlPlane).edit(lease -> new LeaseBuilder(lease)
                    .editSpec()
                    .withAcquireTime(null)
                    .withRenewTime(null)
                    .endSpec()
                    .build());
            eventually(
                    "the leader writes its times again",
                    () -> lease(controlPlane).get().getSpec(),
                    spec -> spec.getAcquireTime() != null && spec.getRenewTime() != null);
            first.kill();
            apply(cluster, "after");

            awaitBound(cluster, "after", FAILOVER);
            assertThat(second.get("/q/health/live")).startsWith("200");
            node.close();
        }
    }

    private static void apply(Cluster cluster, String name) {
        cluster.models().apply(name, "model: qwen3-4b");
    }

    private static void awaitBound(Cluster cluster, String name, Duration patience) {
        eventually(
                name + " is scheduled",
                patience,
                () -> cluster.models().resource(name).get().getStatus().nodeName(),
                Objects::nonNull);
    }

    private static String holder(ControlPlane controlPlane) {
        return lease(controlPlane).get().getSpec().getHolderIdentity();
    }

    private static Resource<Lease> lease(ControlPlane controlPlane) {
        return controlPlane
                .admin()
                .leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withName("controller");
    }
}
