package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.gitops.ArgoHealth;
import dev.lmstudiooperator.gitops.Kstatus;
import dev.lmstudiooperator.gitops.RecordedState;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Verifies that Flux and Argo CD derive the same health from the running operator as from the recorded states. With
 * {@code -Dgitops.record=true} these runs record the states again.
 */
@WithControlPlane
class GitOpsHealthIT {

    private static final String NAMESPACE = "team-a";
    private static final String NODE = "gpu-1";
    private static final long GIGABYTE = 1_000_000_000;

    private final ControlPlane controlPlane;
    private Cluster cluster;

    GitOpsHealthIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        cluster = Cluster.on(controlPlane, NAMESPACE, folder);
        cluster.admin()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    @AfterEach
    void stop() {
        cluster.close();
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
    }

    @Test
    void nothingIsHealthyBeforeItIsVerified() {
        cluster.models().apply("chat", LLAMA);
        modelIs("chat", "progressing_unobserved");

        cluster.addController();
        cluster.models().awaitReason("chat", "NoMatchingNode");
        modelIs("chat", "progressing_noMatchingNode");

        SimulatorProcess lmStudio = cluster.addMachine(NODE).lmStudio();
        lmStudio.setLoadTime(Duration.ofMinutes(5));
        eventually("the load runs", lmStudio::loading, loads -> loads.size() == 1);
        cluster.models().awaitReason("chat", "Loading");
        modelIs("chat", "progressing_loading");

        lmStudio.advanceClock(Duration.ofMinutes(5));
        cluster.models().awaitReady("chat");
        modelIs("chat", "healthy_verified");

        cluster.models().apply("chat", LLAMA + ", suspend: true");
        cluster.models().awaitReason("chat", "Suspended");
        modelIs("chat", "suspended");
    }

    @Test
    void waitingModelsAreDistinguishedFromThoseThatRequireManualIntervention() {
        SimulatorProcess lmStudio = givenANode().lmStudio();

        cluster.models().apply("typo", "model: llama-3.2-1b-instrukt");
        cluster.models().awaitReason("typo", "ModelNotFound");
        modelIs("typo", "degraded_modelNotFound");

        lmStudio.addModel(SimulatorProcess.object()
                .put("modelKey", "large")
                .put("sizeBytes", 6 * GIGABYTE)
                .put("memoryBytes", 6 * GIGABYTE));
        lmStudio.set("memoryBytes", 5 * GIGABYTE);
        cluster.models().apply("large", "model: large");
        cluster.models().awaitReason("large", "InsufficientMemory");
        modelIs("large", "progressing_insufficientMemory");

        cluster.models().apply("temporary", LLAMA + ", retention: Temporary, ttlSeconds: 600");
        cluster.models().awaitReason("temporary", "Verified");
        lmStudio.advanceClock(Duration.ofSeconds(601));
        cluster.models().awaitReason("temporary", "Expired");
        modelIs("temporary", "healthy_expired");
    }

    @Test
    void lostAgentIsDegraded() {
        AgentFixture machine = givenANode();
        cluster.models().applyAndAwaitReady("chat", LLAMA + ", nodeName: " + NODE);

        machine.killAgent();
        cluster.models().apply("chat", LLAMA + ", ttlSeconds: 900, nodeName: " + NODE);
        modelIs("chat", "progressing_specChanged");

        cluster.models().awaitReason("chat", "AgentLost");
        modelIs("chat", "degraded_agentLost");
        cluster.awaitNode(NODE, "Unknown", "AgentLost");
        nodeIs(NODE, "degraded_agentLost");

        cluster.node(NODE).delete();
        cluster.models().awaitReason("chat", "NodeGone");
        modelIs("chat", "degraded_nodeGone");
    }

    @Test
    void nodeIsHealthyWhenItsLmStudioCanBeDriven() {
        SimulatorProcess lmStudio = givenANode().lmStudio();
        nodeIs(NODE, "healthy_reachable");

        lmStudio.stopServer();
        cluster.awaitNode(NODE, "False", "ServerNotRunning");
        nodeIs(NODE, "degraded_serverNotRunning");

        cluster.admin()
                .resource(Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: LMStudioNode
                        metadata: {name: planned}
                        spec: {unschedulable: true}
                        """, LMStudioNode.class))
                .create();
        nodeIs("planned", "progressing_noAgent");
    }

    @Test
    void setIsHealthyWhenEveryReplicaIsReadyAndDegradedWhenARolloutFails() {
        AppliedSets sets = new AppliedSets(cluster.admin(), NAMESPACE);
        String spec = "replicas: 2, progressDeadlineSeconds: 3, template: {spec: {model: %s}}";
        sets.apply("chat", spec.formatted("qwen3-4b"));
        setIs("chat", "progressing_unobserved");

        cluster.addController();
        cluster.awaitReady();
        sets.awaitReason("chat", "NoMatchingNode");
        setIs("chat", "progressing_noMatchingNode");

        try (ServingAgent one = ServingAgent.start(cluster.admin(), "gpu-1");
                ServingAgent other = ServingAgent.start(cluster.admin(), "gpu-2")) {
            sets.awaitReady("chat", 2);
            setIs("chat", "healthy_ready");

            sets.apply("chat", spec.formatted("missing-model"));
            sets.await(
                    "chat",
                    "has updated a replica",
                    set -> Integer.valueOf(1).equals(set.getStatus().updatedReplicas())
                            && "RollingOut".equals(AppliedSets.reason(set)));
            setIs("chat", "progressing_rollingOut");

            sets.awaitReason("chat", "RolloutFailed");
            setIs("chat", "degraded_rolloutFailed");
            assertThat(one.node()).isNotEqualTo(other.node());
        }
        sets.deleteAll();
    }

    private AgentFixture givenANode() {
        cluster.addController();
        AgentFixture machine = cluster.addMachine(NODE);
        cluster.awaitReady();
        return machine;
    }

    private void modelIs(String name, String state) {
        is(read(ManagedModel.class, name), "ManagedModel/" + state);
    }

    private void setIs(String name, String state) {
        is(read(ManagedModelSet.class, name), "ManagedModelSet/" + state);
    }

    private void nodeIs(String name, String state) {
        is(read(LMStudioNode.class, name), "LMStudioNode/" + state);
    }

    private static void is(HasMetadata object, String state) {
        RecordedState recorded = RecordedState.of(state);
        if (Boolean.getBoolean("gitops.record")) {
            recorded.record(object);
        }
        assertThat(ArgoHealth.of(object).status())
                .as("Argo CD")
                .isEqualTo(recorded.argoHealth().status());
        assertThat(Kstatus.of(object)).as("kstatus").isEqualTo(recorded.kstatus());
    }

    /** All stored fields, including those that this release does not know. */
    private GenericKubernetesResource read(Class<? extends HasMetadata> type, String name) {
        var objects =
                cluster.admin().genericKubernetesResources(HasMetadata.getApiVersion(type), HasMetadata.getKind(type));
        return Optional.ofNullable(
                        type != LMStudioNode.class
                                ? objects.inNamespace(NAMESPACE).withName(name).get()
                                : objects.withName(name).get())
                .orElseThrow();
    }
}
