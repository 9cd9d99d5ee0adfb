package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of several controllers is the leader, and another takes over from it. */
@WithControlPlane
class LeadershipIT {

    private static final Duration FAILOVER = Duration.ofSeconds(20);

    /** A controller that is terminated releases the Lease. */
    private static final Duration HANDOVER = Duration.ofSeconds(8);

    private final ControlPlane controlPlane;
    private final Path folder;
    private final Cluster cluster;
    private final FakeAgent node;

    LeadershipIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.folder = folder;
        this.cluster = Cluster.on(controlPlane, namespace.name(), folder);
        this.node = FakeAgent.start(controlPlane.admin(), "one");
    }

    @AfterEach
    void stop() {
        node.close();
        cluster.close();
    }

    @Test
    void anotherControllerTakesOverWithinTwentySeconds() {
        OperatorProcess first = cluster.addController().awaitReady();
        apply("before");
        awaitBound("before", FAILOVER);
        String leader = holder();
        OperatorProcess second = cluster.addController().awaitReady();
        assertThat(holder()).isEqualTo(leader);

        first.kill();
        apply("after");

        awaitBound("after", FAILOVER);
        assertThat(holder()).isNotEqualTo(leader);

        second.close();
        cluster.addController().awaitReady();
        apply("at-once");

        awaitBound("at-once", HANDOVER);
    }

    /** The times in its Lease are those of its own clock. The other controllers do not rely on them. */
    @Test
    void leaderWhoseClockWasADayAheadIsReplacedAsQuickly() {
        ShiftedClock clock = ShiftedClock.in(folder);
        clock.set(Duration.ofDays(1));
        OperatorProcess first = cluster.addController(clock.environment()).awaitReady();
        apply("before");
        awaitBound("before", FAILOVER);
        cluster.addController().awaitReady();

        first.kill();
        apply("after");

        awaitBound("after", FAILOVER);
    }

    /** Removes the times as {@code kubectl patch} does. */
    @Test
    void leaseThatLostItsTimesEndsNoElection() {
        OperatorProcess first = cluster.addController().awaitReady();
        apply("before");
        awaitBound("before", FAILOVER);
        OperatorProcess second = cluster.addController().awaitReady();

        edit(lease(), lease -> new LeaseBuilder(lease)
                .editSpec()
                .withAcquireTime(null)
                .withRenewTime(null)
                .endSpec()
                .build());
        eventually(
                "the leader writes its times again",
                () -> lease().get().getSpec(),
                spec -> spec.getAcquireTime() != null && spec.getRenewTime() != null);
        first.kill();
        apply("after");

        awaitBound("after", FAILOVER);
        assertThat(second.get("/q/health/live")).startsWith("200");
    }

    /** To the new leader, the heartbeat of a node that is not reported lost would be fresh. */
    @Test
    void newLeaderKeepsANodeLostUntilItsAgentIsBack() {
        try (OperatorProcess first = cluster.addController().awaitReady()) {
            node.stopHeartbeat();
            cluster.awaitNode(node.name(), "Unknown", "AgentLost");
            first.kill();
        }
        edit(leaseOf(node.name()), lease -> new LeaseBuilder(lease)
                .editSpec()
                .withLeaseDurationSeconds(120)
                .endSpec()
                .build());
        cluster.addController().awaitReady();

        apply("waiting");
        cluster.models().awaitReason("waiting", "NoMatchingNode");

        node.resumeHeartbeat();
        awaitBound("waiting", FAILOVER);
    }

    private void apply(String name) {
        cluster.models().apply(name, "model: qwen3-4b");
    }

    private void awaitBound(String name, Duration patience) {
        eventually(
                name + " is scheduled",
                patience,
                () -> cluster.models().resource(name).get().getStatus().nodeName(),
                Objects::nonNull);
    }

    private String holder() {
        return lease().get().getSpec().getHolderIdentity();
    }

    private Resource<Lease> lease() {
        return lease("controller");
    }

    private Resource<Lease> leaseOf(String nodeName) {
        return lease(NodeLease.nameFor(nodeName));
    }

    private Resource<Lease> lease(String name) {
        return controlPlane
                .admin()
                .leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withName(name);
    }
}
