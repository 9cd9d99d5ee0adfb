package dev.lmstudiooperator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.simulator.RemoteSimulator;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What happens to models while Pods of the overlay {@code cluster} come and go. */
@TestInstance(Lifecycle.PER_CLASS)
class WorkloadsRun {

    private final TestCluster cluster = TestCluster.running();
    private final OperatorInstallation operator = new OperatorInstallation(cluster);
    private final Map<String, NodeLmStudio> lmStudios = new HashMap<>();

    @BeforeAll
    void install() {
        TestCluster.NODES.forEach(node -> lmStudios.put(node, NodeLmStudio.start(cluster, node)));
        operator.labelNodes(TestCluster.NODES);
        operator.apply("k8s/overlays/cluster");
        operator.awaitCluster();
    }

    @AfterAll
    void uninstall() {
        operator.remove();
    }

    @Test
    void everyNodeHasAnAgentAndTheReplicasOfTheControllerAreOnDifferentNodes() {
        assertThat(nodesOf("agent")).containsExactlyInAnyOrderElementsOf(TestCluster.NODES);
        assertThat(nodesOf("controller")).containsExactlyInAnyOrderElementsOf(TestCluster.NODES);
    }

    @Test
    void sampleBecomesReady() {
        cluster.kubectl("apply", "-k", "k8s/samples");

        cluster.kubectl("wait", "managedmodel/llama", "-n", "models", "--for=condition=Available", "--timeout=100s");

        String node = new TestModels(cluster.admin(), "models")
                .resource("llama")
                .require()
                .getStatus()
                .nodeName();
        assertThat(lmStudioOf(String.valueOf(node)).identifiers()).contains("team-a-llama");
        cluster.kubectl("delete", "-k", "k8s/samples", "--timeout=100s");
    }

    @Test
    void rolloutOfAgentsReloadsNothingAndReadyStaysTrue() {
        TestModels models = TestModels.inNewNamespace(cluster, "rollout");
        models.apply("kept", "nodeName: node-1, identifier: rollout-kept");
        models.awaitReady("kept");

        try (TestModels.ReadyHistory ready = models.recordReady("kept")) {
            cluster.kubectl(
                    "set",
                    "env",
                    "daemonset/lmstudio-operator-agent",
                    "-n",
                    OperatorInstallation.NAMESPACE,
                    "LMSTUDIO_OPERATOR_LOG_LEVEL=debug");
            operator.awaitCluster();

            assertThat(ready.exceptions()).isEmpty();
        }
        assertThat(lmStudioOf("node-1").journal().loadsOf("rollout-kept")).containsExactly("loaded");
    }

    @Test
    void modelIsLoadedOnceAfterItsAgentIsDeletedMidLoad() {
        TestModels models = TestModels.inNewNamespace(cluster, "mid-load");
        RemoteSimulator lmStudio = lmStudioOf("node-2");
        lmStudio.setLoadTime(Duration.ofSeconds(20));
        models.apply("interrupted", "nodeName: node-2, identifier: mid-load");
        TestCluster.await("a load is in progress", lmStudio::loading, loads -> !loads.isEmpty());
        lmStudio.setLoadTime(Duration.ZERO);
        Pod agent = operator.agentOn("node-2");

        cluster.admin().resource(agent).delete();

        models.awaitReady("interrupted");
        assertThat(lmStudio.identifiers()).filteredOn("mid-load"::equals).hasSize(1);
        assertThat(lmStudio.journal().loadsOf("mid-load"))
                .filteredOn("loaded"::equals)
                .hasSize(1);
        assertThat(lmStudio.journal().mostLoadsAtOnce()).isEqualTo(1);
        operator.awaitCluster();
    }

    @Test
    void anotherControllerLeadsAndSchedulesAfterTheLeaderIsDeleted() {
        TestModels models = TestModels.inNewNamespace(cluster, "leader");
        String leader = TestCluster.await("a Pod leads", operator::leader, name -> !name.startsWith("none"));

        cluster.kubectl("delete", "pod", leader, "-n", OperatorInstallation.NAMESPACE, "--wait=false");

        models.apply("scheduled", "identifier: leader-scheduled");
        models.awaitReady("scheduled");
        assertThat(operator.leader()).isNotEqualTo(leader).doesNotStartWith("none");
        operator.awaitCluster();
    }

    @Test
    void namespaceIsDeletedWithItsModelsAndTheirInstancesAreUnloaded() {
        TestModels models = TestModels.inNewNamespace(cluster, "deleted");
        for (String node : TestCluster.NODES) {
            models.apply("on-" + node, "nodeName: " + node + ", identifier: deleted-" + node);
        }
        TestCluster.NODES.forEach(node -> models.awaitReady("on-" + node));

        cluster.kubectl("delete", "namespace", "deleted", "--wait=false");

        TestCluster.await(
                "the namespace is gone",
                () -> Optional.<Namespace>ofNullable(
                        cluster.admin().namespaces().withName("deleted").get()),
                Optional::isEmpty);
        for (String node : TestCluster.NODES) {
            assertThat(lmStudioOf(node).identifiers()).doesNotContain("deleted-" + node);
        }
    }

    private List<String> nodesOf(String component) {
        return operator.podsOf(component).stream()
                .map(pod -> pod.getSpec().getNodeName())
                .toList();
    }

    private RemoteSimulator lmStudioOf(String node) {
        return Objects.requireNonNull(lmStudios.get(node)).simulator();
    }
}
