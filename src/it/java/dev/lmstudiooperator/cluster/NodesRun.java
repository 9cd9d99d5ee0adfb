package dev.lmstudiooperator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** What happens to models while the parts of a node, and the node itself, go away and come back. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodesRun {

    private static final String NODE = "node-2";

    private final TestCluster cluster = TestCluster.running();
    private final OperatorInstallation operator = new OperatorInstallation(cluster);
    private final NodeLmStudio first = NodeLmStudio.start(cluster, "node-1");
    private final NodeLmStudio second = NodeLmStudio.start(cluster, NODE);

    @BeforeAll
    void install() {
        operator.labelNodes(TestCluster.NODES);
        operator.apply("k8s/overlays/cluster");
        operator.awaitCluster();
    }

    @AfterAll
    void uninstall() {
        operator.remove();
    }

    @Test
    @Order(1)
    void restartsOfKubeletAndContainerdDisturbNothing() {
        TestModels models = TestModels.inNewNamespace(cluster, "services");
        models.apply("kept", "nodeName: node-2, identifier: services-kept");
        models.awaitReady("kept");
        Pod agent = operator.agentOn(NODE);
        int restarts = restartsOf(agent);

        try (TestModels.ReadyHistory ready = models.recordReady("kept")) {
            for (String service : List.of("kubelet", "containerd")) {
                cluster.harness("service", "restart", NODE, service);
                awaitHeartbeatOfKubelet();
                operator.awaitCluster();
            }
            assertThat(ready.exceptions()).isEmpty();
        }
        Pod after = operator.agentOn(NODE);
        assertThat(after.getMetadata().getUid()).isEqualTo(agent.getMetadata().getUid());
        assertThat(restartsOf(after)).isEqualTo(restarts);
        assertThat(second.simulator().journal().loadsOf("services-kept")).containsExactly("loaded");
    }

    @Test
    @Order(2)
    void drainMovesTheControllersAndKeepsTheAgentAndItsModels() {
        TestModels models = TestModels.inNewNamespace(cluster, "drain");
        models.apply("kept", "nodeName: node-2, identifier: drain-kept");
        models.awaitReady("kept");

        try (TestModels.ReadyHistory ready = models.recordReady("kept")) {
            cluster.kubectl("drain", NODE, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=100s");
            operator.awaitCluster();

            assertThat(operator.podsOf("controller"))
                    .filteredOn(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                    .hasSize(2)
                    .allMatch(pod -> "node-1".equals(pod.getSpec().getNodeName()));
            assertThat(ready.exceptions()).isEmpty();
        }
        assertThat(second.simulator().journal().loadsOf("drain-kept")).containsExactly("loaded");
        cluster.kubectl("uncordon", NODE);
    }

    @Test
    @Order(3)
    void rebootedNodeLoadsItsModelsAgain() {
        TestModels models = TestModels.inNewNamespace(cluster, "reboot");
        models.apply("loaded-again", "nodeName: node-2, identifier: reboot");
        models.awaitReady("loaded-again");

        cluster.harness("node", "stop", NODE);
        cluster.harness("node", "start", NODE);
        second.restart();

        TestCluster.await("it is loaded again", () -> second.simulator().identifiers(), now -> now.contains("reboot"));
        models.awaitReadyOn("loaded-again", NODE);
        operator.awaitCluster();
        assertThat(second.simulator().journal().loadsOf("reboot")).containsExactly("loaded");
    }

    @Test
    @Order(4)
    void modelsOfADeletedNodeMoveAndTheRecreatedNodeServesPinnedOnesAgain() {
        TestModels models = TestModels.inNewNamespace(cluster, "recreated");
        models.apply("pinned", "nodeName: node-2, identifier: recreated-pinned");
        models.awaitReady("pinned");

        cluster.harness("node", "stop", NODE);
        cluster.kubectl("delete", "node", NODE);

        models.await("pinned", "has the reason NodeGone", model -> TestModels.hasReason(model, "NodeGone"));
        TestCluster.await(
                "its LMStudioNode is gone",
                () -> Optional.ofNullable(cluster.admin()
                        .resources(LMStudioNode.class)
                        .withName(NODE)
                        .get()),
                Optional::isEmpty);

        models.apply("elsewhere", "identifier: recreated-elsewhere");
        models.awaitReadyOn("elsewhere", "node-1");
        assertThat(first.simulator().identifiers()).contains("recreated-elsewhere");

        cluster.harness("node", "start", NODE);
        second.restart();
        TestCluster.await(
                "the kubelet registers the node",
                () -> Optional.ofNullable(cluster.admin().nodes().withName(NODE).get()),
                Optional::isPresent);
        operator.labelNodes(List.of(NODE));

        models.awaitReadyOn("pinned", NODE);
        assertThat(second.simulator().identifiers()).contains("recreated-pinned");
    }

    private void awaitHeartbeatOfKubelet() {
        String before = heartbeat();
        TestCluster.await("the kubelet renews its Lease", this::heartbeat, now -> !now.equals(before));
    }

    private String heartbeat() {
        return String.valueOf(cluster.admin()
                .leases()
                .inNamespace("kube-node-lease")
                .withName(NODE)
                .require()
                .getSpec()
                .getRenewTime());
    }

    private static int restartsOf(Pod pod) {
        return pod.getStatus().getContainerStatuses().stream()
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }
}
