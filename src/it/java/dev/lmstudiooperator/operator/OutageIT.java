package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.controlplane.Account;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Most agents lose their heartbeat at once: the controller suspects its own connection and marks no node lost. The test does
 * not wait until its patience of five minutes ends; {@code ClusterDisruptionTest} covers the time after that.
 */
@OperatorTest
class OutageIT {

    private static final Duration LEASE = Duration.ofSeconds(4);

    private final Cluster cluster;
    private final OperatorProcess controller;
    private Map<String, FakeAgent> agents = Map.of();

    OutageIT(Cluster cluster) {
        this.cluster = cluster;
        controller = cluster.addController();
    }

    @BeforeEach
    void fourNodes() {
        cluster.awaitReady();
        agents = Stream.of("one", "two", "three", "four")
                .map(name -> FakeAgent.start(cluster.admin(), name))
                .collect(Collectors.toMap(FakeAgent::name, Function.identity()));
    }

    @AfterEach
    void stop() {
        agents.values().forEach(FakeAgent::close);
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
    }

    @Test
    void oneAgentIsMarkedLostButNotMostAgentsAtOnce() {
        // Given
        Map<String, ManagedModel> served =
                agents.keySet().stream().collect(Collectors.toMap(Function.identity(), this::served));

        // When
        List<String> withoutHeartbeat = List.of("one", "two", "three");
        withoutHeartbeat.forEach(name -> agent(name).stopHeartbeat());

        // Then
        controller.awaitLog("3 of 4 agents stopped renewing their Leases at the same time");
        assertThat(controller.log()).contains("the controller may be partitioned", "No node is marked lost before");
        awaitRenewalsOf("four", LEASE.multipliedBy(3));
        assertNothingIsConcluded(served);
        assertThat(controller.linesWith("stopped renewing their Leases at the same time"))
                .hasSize(1);

        // The controller keeps doing its other work. It schedules models, but none to a node without heartbeat.
        cluster.models().apply("elsewhere", "model: qwen3-4b");
        awaitBoundTo("elsewhere", "four");
        cluster.models().apply("pinned", "model: qwen3-4b, nodeName: one");
        assertThat(AppliedModels.message(cluster.models().awaitReason("pinned", "NoMatchingNode")))
                .contains("no agent heartbeat");

        // When
        withoutHeartbeat.forEach(name -> agent(name).resumeHeartbeat());

        // Then
        awaitBoundTo("pinned", "one");
        withoutHeartbeat.forEach(name -> controller.awaitLog("Node heartbeat restored: node=" + name));
        assertNothingIsConcluded(served);

        // When
        awaitRenewalsOf("four", LEASE.multipliedBy(2));
        agent("two").stopHeartbeat();

        // Then
        cluster.awaitNode("two", "Unknown", "AgentLost");
        cluster.models().awaitReason("on-two", "AgentLost");
        assertThat(reasons(cluster.node("three").get())).containsExactly("Reachable");
    }

    private FakeAgent agent(String name) {
        return Objects.requireNonNull(agents.get(name));
    }

    private ManagedModel served(String node) {
        String name = "on-" + node;
        cluster.models().apply(name, "model: qwen3-4b, nodeName: " + node);
        ManagedModel bound = awaitBoundTo(name, node);
        agent(node).hold(bound);
        agent(node).serve(bound);
        return cluster.models().awaitReason(name, "Verified");
    }

    private ManagedModel awaitBoundTo(String name, String node) {
        return cluster.models()
                .await(
                        name,
                        "is scheduled to " + node,
                        model -> node.equals(model.getStatus().nodeName()));
    }

    private void assertNothingIsConcluded(Map<String, ManagedModel> served) {
        served.forEach((node, before) -> {
            ManagedModel now =
                    cluster.models().resource(before.getMetadata().getName()).get();
            assertThat(now.getStatus()).isEqualTo(before.getStatus());
            assertThat(reasons(cluster.node(node).get())).containsExactly("Reachable");
        });
    }

    private static List<String> reasons(LMStudioNode node) {
        return Objects.requireNonNull(node.getStatus().conditions()).stream()
                .map(Condition::getReason)
                .toList();
    }

    /** Measures time by the renewals of one agent. There is no other condition to wait for when nothing must happen. */
    private void awaitRenewalsOf(String node, Duration more) {
        ZonedDateTime until = renewedAt(node).plus(more);
        eventually(
                node + " has been renewing for " + more,
                more.plus(Duration.ofSeconds(30)),
                () -> renewedAt(node),
                now -> !now.isBefore(until));
    }

    private ZonedDateTime renewedAt(String node) {
        return cluster.admin()
                .leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withName(NodeLease.nameFor(node))
                .get()
                .getSpec()
                .getRenewTime();
    }
}
