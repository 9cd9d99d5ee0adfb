package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.RetryOnConflict;
import dev.lmstudiooperator.controlplane.TestNamespace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets whose controller or whose nodes fail. The controllers are real, the agents are fakes. */
@OperatorTest
class ManagedModelSetFailureIT {

    private static final String QWEN = "template: {spec: {model: qwen3-4b}}";
    private static final Duration LONG = Duration.ofSeconds(90);

    private final Cluster cluster;
    private final String namespace;
    private final AppliedSets sets;
    private final List<ServingAgent> agents = new ArrayList<>();

    ManagedModelSetFailureIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        this.cluster = Cluster.on(controlPlane, namespace.name(), folder);
        this.namespace = namespace.name();
        this.sets = new AppliedSets(controlPlane.admin(), namespace.name());
    }

    @AfterEach
    void tidyUp() {
        sets.deleteAll();
        agents.forEach(ServingAgent::close);
        cluster.close();
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
    }

    /** The first controller dies after this number of updated replicas, and its successor starts. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void rolloutGoesOnAfterTheControllerIsKilled(int updated) {
        nodes("n1", "n2", "n3", "n4");
        OperatorProcess first = cluster.addController().awaitReady();
        sets.apply("chat", "replicas: 4, " + QWEN);
        sets.awaitReady("chat", 4);

        try (AvailabilityRecorder recorder = new AvailabilityRecorder(cluster.admin(), namespace)) {
            sets.apply("chat", "replicas: 4, template: {spec: {model: llama-3.2-1b-instruct}}");
            eventually(
                    "%d replicas are updated".formatted(updated),
                    () -> sets.replicas("chat").stream()
                            .filter(replica -> replica.getSpec().model().startsWith("llama"))
                            .count(),
                    count -> count >= updated);
            first.kill();
            ClusterCleanup.removeLeaseOfController(cluster.admin());
            cluster.addController().awaitReady();

            sets.awaitReady("chat", 4);
            assertThat(recorder.least()).isEqualTo(3);
        }
        assertThat(sets.replicas("chat")).hasSize(4);
    }

    @Test
    void controllerThatIsKilledWhileItCreatesLeavesNoExtraReplicas() {
        nodes("n1", "n2", "n3", "n4", "n5", "n6");
        OperatorProcess first = cluster.addController().awaitReady();

        sets.apply("chat", "replicas: 6, " + QWEN);
        eventually("a replica exists", () -> sets.replicas("chat"), replicas -> !replicas.isEmpty());
        first.kill();
        ClusterCleanup.removeLeaseOfController(cluster.admin());
        cluster.addController().awaitReady();

        sets.awaitReady("chat", 6);
        assertThat(sets.replicas("chat")).hasSize(6);
        assertThat(sets.nodes("chat")).doesNotHaveDuplicates();
    }

    @Test
    void replicaOfALostNodeIsReplacedAndTheSurplusGoesWhenTheNodeReturnsLate() {
        nodes("n1", "n2", "n3");
        cluster.addController().awaitReady();
        sets.apply("chat", "replicas: 2, replaceAfterSeconds: 30, " + QWEN);
        sets.awaitReady("chat", 2);
        ManagedModel lostReplica = sets.replicas("chat").getFirst();
        ServingAgent lost = agents.stream()
                .filter(agent -> agent.node().equals(lostReplica.getStatus().nodeName()))
                .findFirst()
                .orElseThrow();

        lost.lose();
        cluster.models().awaitReason(lostReplica.getMetadata().getName(), "AgentLost");
        assertThat(sets.replicas("chat")).hasSize(2);
        eventually("another replica exists", LONG, () -> sets.replicas("chat"), replicas -> replicas.size() == 3);
        sets.awaitReady("chat", 2);
        assertThat(sets.nodes("chat")).doesNotHaveDuplicates();

        lost.comeBack();
        eventually("the surplus is gone", LONG, () -> sets.replicas("chat"), replicas -> replicas.size() == 2);
        sets.awaitReady("chat", 2);
        assertThat(sets.nodes("chat")).doesNotHaveDuplicates();
    }

    @Test
    void nodeThatReturnsInTimeKeepsItsReplica() {
        nodes("n1", "n2", "n3");
        cluster.addController().awaitReady();
        sets.apply("chat", "replicas: 2, replaceAfterSeconds: 30, " + QWEN);
        sets.awaitReady("chat", 2);
        List<String> before = names();
        ServingAgent lost = agents.stream()
                .filter(agent -> sets.nodes("chat").contains(agent.node()))
                .findFirst()
                .orElseThrow();

        lost.lose();
        sets.awaitReason("chat", "ReplicasNotReady");
        lost.comeBack();

        sets.awaitReady("chat", 2);
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void replicaOfADeletedNodeMovesToAFreeNode() {
        nodes("n1", "n2", "n3");
        cluster.addController().awaitReady();
        sets.apply("chat", "replicas: 2, " + QWEN);
        sets.awaitReady("chat", 2);
        String node = sets.nodes("chat").getFirst();

        agents.stream().filter(agent -> agent.node().equals(node)).forEach(ServingAgent::lose);
        cluster.node(node).delete();

        eventually("the replica has moved", LONG, () -> sets.nodes("chat"), nodes -> !nodes.contains(node));
        sets.awaitReady("chat", 2);
        assertThat(sets.nodes("chat")).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void setAtRestWritesNothing(ControlPlane controlPlane, TestNamespace testNamespace) {
        nodes("n1", "n2");
        cluster.addController().awaitReady();
        sets.apply("chat", "replicas: 2, " + QWEN);
        sets.awaitReady("chat", 2);
        eventually("the events are written", () -> sets.eventsOf("chat"), events -> events.contains("ReplicasReady"));
        int before = controlPlane.auditLog().writesIn(testNamespace).size();

        RetryOnConflict.edit(cluster.node("n1"), node -> {
            node.getMetadata().setLabels(Map.of("any", "thing"));
            return node;
        });
        cluster.models().applyAndAwaitScheduled("witness", "model: qwen3-4b");
        cluster.models().deleteAndAwaitGone("witness");

        assertThat(controlPlane.auditLog().writesIn(testNamespace).stream()
                        .skip(before)
                        .filter(write -> write.contains("chat")))
                .isEmpty();
    }

    private List<String> names() {
        return sets.replicas("chat").stream()
                .map(replica -> replica.getMetadata().getName())
                .sorted()
                .toList();
    }

    private void nodes(String... names) {
        for (String name : names) {
            agents.add(ServingAgent.start(cluster.admin(), name));
        }
    }
}
