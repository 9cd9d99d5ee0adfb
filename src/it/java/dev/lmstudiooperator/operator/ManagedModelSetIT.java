package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Kubectl;
import dev.lmstudiooperator.controlplane.TestNamespace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Sets on several nodes. The controller and kubectl are real, the agents are fakes. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManagedModelSetIT {

    private static final String QWEN = "template: {spec: {model: qwen3-4b}}";

    private final Cluster cluster;
    private final Kubectl kubectl;
    private final String namespace;
    private final AppliedSets sets;
    private final List<ServingAgent> agents = new ArrayList<>();

    ManagedModelSetIT(ControlPlane controlPlane, TestNamespace namespace, Cluster cluster) {
        this.cluster = cluster;
        this.kubectl = controlPlane.kubectl();
        this.namespace = namespace.name();
        this.sets = new AppliedSets(controlPlane.admin(), namespace.name());
    }

    @BeforeAll
    void start() {
        cluster.addController();
        cluster.awaitReady();
    }

    @AfterEach
    void tidyUp() {
        sets.deleteAll();
        agents.forEach(ServingAgent::close);
        agents.clear();
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
    }

    @Test
    void setIsReadyOnDifferentNodesAndCanBeScaled() {
        nodes("n1", "n2", "n3");

        sets.apply("chat", "replicas: 2, " + QWEN);
        ManagedModelSet ready = sets.awaitReady("chat", 2);
        assertThat(sets.nodes("chat")).hasSize(2).doesNotHaveDuplicates();
        assertThat(sets.replicas("chat")).allSatisfy(replica -> {
            assertThat(replica.getSpec().identifier()).isEqualTo("chat");
            assertThat(replica.getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(owner -> assertThat(owner.getController()).isTrue());
        });
        assertThat(ready.getStatus().selector()).isEqualTo("lmstudio-operator.dev/set=chat");

        kubectl("scale", "mms/chat", "--replicas=3");
        sets.awaitReady("chat", 3);
        assertThat(sets.nodes("chat")).containsExactlyInAnyOrder("n1", "n2", "n3");

        kubectl("scale", "mms/chat", "--replicas=1");
        sets.awaitReady("chat", 1);
        eventually("two replicas are gone", () -> sets.replicas("chat"), replicas -> replicas.size() == 1);
        assertThat(kubectl("get", "mms", "chat"))
                .containsPattern("NAME +DESIRED +READY +UPDATED +AVAILABLE +MODEL +AGE")
                .containsPattern("chat +1 +1 +1 +1 +qwen3-4b +");
        assertThat(sets.eventsOf("chat")).contains("SuccessfulCreate", "SuccessfulDelete", "ReplicasReady");
    }

    @Test
    void scaleSubresourceReportsWhatAnAutoscalerNeeds() {
        nodes("n1");
        sets.apply("chat", QWEN);
        sets.awaitReady("chat", 1);

        String scale = kubectl(
                "get",
                "--raw",
                "/apis/lmstudio-operator.dev/v1alpha1/namespaces/%s/managedmodelsets/chat/scale".formatted(namespace));

        assertThat(scale)
                .contains("\"spec\":{\"replicas\":1}")
                .contains("\"replicas\":1,\"selector\":\"lmstudio-operator.dev/set=chat\"");
    }

    @Test
    void replicasThatNoNodeTakesAreReportedAndTheOthersServe() {
        nodes("n1");

        sets.apply("chat", "replicas: 3, " + QWEN);
        ManagedModelSet partial = sets.await("chat", "serves on one node", set -> Integer.valueOf(1)
                .equals(set.getStatus().availableReplicas()));

        assertThat(AppliedSets.message(sets.awaitReason("chat", "NoMatchingNode")))
                .contains("1 of 3 replicas are scheduled", "1 already has a ManagedModel with identifier chat");
        assertThat(AppliedSets.condition(partial, ConditionType.AVAILABLE))
                .map(Condition::getStatus)
                .contains("True");

        nodes("n2", "n3");
        sets.awaitReady("chat", 3);
        assertThat(sets.nodes("chat")).doesNotHaveDuplicates();
    }

    @Test
    void everyNodeGetsAReplicaAlsoOneThatJoinsAndOneThatLeavesLosesIt() {
        nodes("n1", "n2", "n3");
        sets.apply("chat", "everyNode: true, template: {spec: {model: qwen3-4b, nodeSelector: {gpu: a100}}}");
        sets.await("chat", "has no node", set -> Integer.valueOf(0)
                .equals(set.getStatus().desiredReplicas()));

        label("n1", "a100");
        label("n2", "a100");
        sets.awaitReady("chat", 2);
        assertThat(sets.replicas("chat"))
                .extracting(replica -> replica.getMetadata().getName())
                .containsExactlyInAnyOrder("chat-n1", "chat-n2");

        nodes("n4");
        label("n4", "a100");
        sets.awaitReady("chat", 3);
        assertThat(sets.nodes("chat")).containsExactlyInAnyOrder("n1", "n2", "n4");

        label("n1", "l4");
        sets.awaitReady("chat", 2);
        eventually("n1 has none", () -> sets.nodes("chat"), nodes -> !nodes.contains("n1"));
        assertThat(kubectl.run("scale", "mms/chat", "--replicas=3", "-n", namespace)
                        .err())
                .contains("with everyNode, the nodes determine the number of replicas");
    }

    @Test
    void rolloutKeepsAllButOneReplicaAvailable() {
        nodes("n1", "n2", "n3", "n4", "n5");
        sets.apply("chat", "replicas: 5, " + QWEN);
        sets.awaitReady("chat", 5);
        Map<String, String> before = uids();

        try (AvailabilityRecorder recorder = new AvailabilityRecorder(cluster.admin(), namespace)) {
            sets.apply("chat", "replicas: 5, template: {spec: {model: llama-3.2-1b-instruct, ttlSeconds: 900}}");
            sets.awaitReady("chat", 5);
            sets.apply(
                    "chat",
                    "replicas: 5, template: {metadata: {labels: {team: a}}, spec: {model: llama-3.2-1b-instruct,"
                            + " ttlSeconds: 900, load: {contextLength: 4096}}}");
            sets.awaitReady("chat", 5);

            assertThat(recorder.least()).isEqualTo(4);
        }
        assertThat(uids()).as("updated in place").isEqualTo(before);
        assertThat(sets.replicas("chat")).allSatisfy(replica -> {
            assertThat(replica.getSpec().model()).isEqualTo("llama-3.2-1b-instruct");
            assertThat(replica.getSpec().ttlSeconds()).isEqualTo(900);
            assertThat(replica.getMetadata().getLabels()).containsEntry("team", "a");
        });
    }

    @Test
    void badModelStopsTheRolloutAndACorrectionGoesOn() {
        nodes("n1", "n2", "n3", "n4", "n5");
        String rest = "replicas: 5, progressDeadlineSeconds: 3, template: {spec: {model: %s}}";
        sets.apply("chat", rest.formatted("qwen3-4b"));
        sets.awaitReady("chat", 5);

        try (AvailabilityRecorder recorder = new AvailabilityRecorder(cluster.admin(), namespace)) {
            sets.apply("chat", rest.formatted("missing-model"));
            ManagedModelSet failed = sets.awaitReason("chat", "RolloutFailed");
            assertThat(AppliedSets.condition(failed, ConditionType.STALLED)).isPresent();
            assertThat(AppliedSets.condition(failed, ConditionType.RECONCILING)).isEmpty();
            assertThat(AppliedSets.message(failed)).contains("ModelNotFound");
            assertThat(failed.getStatus().updatedReplicas()).isEqualTo(1);
            assertThat(failed.getStatus().availableReplicas()).isEqualTo(4);
            assertThat(sets.replicas("chat"))
                    .filteredOn(replica -> replica.getSpec().model().equals("qwen3-4b"))
                    .hasSize(4);

            sets.apply("chat", rest.formatted("llama-3.2-1b-instruct"));
            ManagedModelSet corrected = sets.awaitReady("chat", 5);
            assertThat(AppliedSets.condition(corrected, ConditionType.STALLED)).isEmpty();
            assertThat(recorder.least()).isEqualTo(4);
        }
    }

    @Test
    void changedIdentifierReplacesTheReplicasInTurn() {
        nodes("n1", "n2", "n3");
        sets.apply("chat", "replicas: 2, " + QWEN);
        sets.awaitReady("chat", 2);
        Map<String, String> before = uids();

        try (AvailabilityRecorder recorder = new AvailabilityRecorder(cluster.admin(), namespace)) {
            sets.apply("chat", "replicas: 2, template: {spec: {model: qwen3-4b, identifier: talk}}");
            sets.awaitReady("chat", 2);
            assertThat(recorder.least()).isEqualTo(1);
        }
        assertThat(uids().values()).doesNotContainAnyElementsOf(before.values());
        assertThat(sets.replicas("chat"))
                .allMatch(replica -> "talk".equals(replica.getSpec().identifier()));
    }

    @Test
    void orphanIsAdoptedAndAReplicaWithoutItsLabelIsReleased() {
        nodes("n1", "n2");
        cluster.models().apply("chat-by-hand", "model: qwen3-4b, identifier: chat");
        label("chat-by-hand", ManagedModelSet.SET_LABEL, "\"chat\"");

        sets.apply("chat", "replicas: 2, " + QWEN);
        sets.awaitReady("chat", 2);
        assertThat(sets.replicas("chat"))
                .hasSize(2)
                .extracting(replica -> replica.getMetadata().getName())
                .contains("chat-by-hand");

        label("chat-by-hand", ManagedModelSet.SET_LABEL, "null");
        ManagedModel released = cluster.models().await("chat-by-hand", "has no owner", model -> model.getMetadata()
                .getOwnerReferences()
                .isEmpty());
        assertThat(released.isMarkedForDeletion()).isFalse();
        sets.await("chat", "creates another one", set -> sets.replicas("chat").size() == 2);
        assertThat(sets.eventsOf("chat")).contains("Adopted", "Released");
    }

    private void nodes(String... names) {
        for (String name : names) {
            agents.add(ServingAgent.start(cluster.admin(), name));
        }
    }

    private Map<String, String> uids() {
        return sets.replicas("chat").stream()
                .collect(Collectors.toMap(replica -> replica.getMetadata().getName(), replica -> replica.getMetadata()
                        .getUid()));
    }

    private void label(String node, String gpu) {
        cluster.node(node)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"gpu\":\"%s\"}}}".formatted(gpu));
    }

    private void label(String model, String key, String value) {
        cluster.models()
                .resource(model)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"labels\":{\"%s\":%s}}}".formatted(key, value));
    }

    private String kubectl(String... arguments) {
        List<String> command = new ArrayList<>(List.of(arguments));
        if (!command.contains("--raw")) {
            command.addAll(List.of("-n", namespace));
        }
        return kubectl.run(command.toArray(String[]::new)).orThrow();
    }
}
