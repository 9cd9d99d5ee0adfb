package dev.lmstudiooperator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.simulator.InferenceTraffic;
import dev.lmstudiooperator.simulator.InferenceTraffic.Connections;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** What happens to the requests of clients that use a Service through kube-proxy. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServicesRun {

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String NAMESPACE = "serving";
    private static final int NODE_PORT = 30_080;
    private static final Duration INFERENCE = Duration.ofMillis(1_500);
    private static final int MANY_CLIENTS = 40;
    private static final int FEW_CLIENTS = 4;
    private static final int FEWEST_ANSWERS = 1_000;

    /** Three checks of the address fail in a row. They begin every 10 s, and each takes at most 2 s. */
    private static final Duration BOUND_OF_PROBES = Duration.ofSeconds(40);

    /** The duration of a Lease, 40 s, and the time to detect its end. */
    private static final Duration BOUND_OF_LEASE = Duration.ofSeconds(45);

    /** The same after the election of another leader, because the node may have the leader. */
    private static final Duration BOUND_OF_NODE = Duration.ofSeconds(70);

    private final TestCluster cluster = TestCluster.running();
    private final OperatorInstallation operator = new OperatorInstallation(cluster);
    private final Map<String, NodeLmStudio> lmStudios = new HashMap<>();
    private final TestModels models = TestModels.inNewNamespace(cluster, NAMESPACE);

    @BeforeAll
    void install() {
        TestCluster.NODES.forEach(node -> lmStudios.put(node, NodeLmStudio.start(cluster, node)));
        operator.labelNodes(TestCluster.NODES);
        operator.apply("k8s/overlays/cluster");
        operator.awaitCluster();
        TestCluster.NODES.forEach(this::advertise);
        cluster.admin()
                .resource(Serialization.unmarshal("""
                        apiVersion: v1
                        kind: Service
                        metadata:
                          name: chat
                          namespace: %s
                          annotations: {lmstudio-operator.dev/model-selector: app=chat}
                        spec: {type: NodePort, ports: [{name: http, port: 80, nodePort: %d}]}
                        """.formatted(NAMESPACE, NODE_PORT), Service.class))
                .create();
    }

    @BeforeEach
    void serveOnBothNodes() {
        lmStudios.values().forEach(lmStudio -> lmStudio.simulator().setInferenceTime(INFERENCE));
        applySet(2, 600);
        awaitEndpointsOn(TestCluster.NODES);
    }

    @AfterEach
    void deleteSet() {
        cluster.kubectl("delete", "managedmodelset/chat", "-n", NAMESPACE, "--cascade=foreground", "--timeout=100s");
    }

    @AfterAll
    void uninstall() {
        operator.remove();
    }

    @Test
    @Order(1)
    void noRequestFailsDuringARolloutAScaleDownAndADeletion() throws InterruptedException {
        try (InferenceTraffic traffic = traffic(MANY_CLIENTS, Connections.ONE_PER_REQUEST)) {
            applySet(2, 900);
            awaitRollout(900);
            scale(1);
            TestCluster.await("one endpoint is left", this::endpoints, now -> now.size() == 1);
            scale(2);
            awaitEndpointsOn(TestCluster.NODES);
            String deleted = replicas().getFirst().getMetadata().getName();
            models.resource(deleted).delete();
            TestCluster.await(
                    "the replica is replaced",
                    this::replicas,
                    now -> now.size() == 2
                            && now.stream()
                                    .noneMatch(replica ->
                                            replica.getMetadata().getName().equals(deleted)));
            awaitEndpointsOn(TestCluster.NODES);
            TestCluster.await("enough requests are answered", traffic::answers, now -> now >= FEWEST_ANSWERS);
            traffic.finish();

            print("a connection per request: %d answers, %d failures"
                    .formatted(traffic.answers(), traffic.failures().size()));
            assertThat(traffic.failures()).isEmpty();
        }
    }

    /** kube-proxy does not move connections, so a client that keeps one sees the reload of its instance. */
    @Test
    @Order(2)
    void clientThatKeepsItsConnectionFailsAtMostOncePerReload() throws InterruptedException {
        try (InferenceTraffic traffic = traffic(FEW_CLIENTS, Connections.KEPT)) {
            TestCluster.await("requests are answered", traffic::answers, answers -> answers > FEW_CLIENTS);

            applySet(2, 900);
            awaitRollout(900);
            traffic.finish();

            print("%d kept connections, 2 reloads: %d answers, %d failures"
                    .formatted(
                            FEW_CLIENTS, traffic.answers(), traffic.failures().size()));
            assertThat(traffic.failures()).hasSizeLessThanOrEqualTo(2 * FEW_CLIENTS);
        }
    }

    @Test
    @Order(3)
    void endpointIsWithdrawnWhenLmStudioIsKilled() {
        killOn("node-2", "grep -qz lmstudio-simulator[.]jar $process/cmdline");

        awaitWithdrawalOf("node-2", "kill -9 of LM Studio", BOUND_OF_PROBES);

        lmStudio("node-2").restart();
        awaitEndpointsOn(TestCluster.NODES);
    }

    @Test
    @Order(4)
    void endpointIsWithdrawnWhenTheAgentIsKilledAndDoesNotReturn() {
        int loads = loadsOn("node-2");
        cluster.harness("service", "stop", "node-2", "kubelet");
        killOn("node-2", "grep -qz LMSTUDIO_OPERATOR_ROLE=agent $process/environ");

        awaitWithdrawalOf("node-2", "kill -9 of the agent", BOUND_OF_LEASE);

        cluster.harness("service", "start", "node-2", "kubelet");
        awaitEndpointsOn(TestCluster.NODES);
        assertThat(loadsOn("node-2")).isEqualTo(loads);
    }

    @Test
    @Order(5)
    void replicaOfALostNodeIsReplacedAndIsTheSurplusOneWhenTheNodeReturns() {
        scale(1);
        String lost = nodeOf(TestCluster.await("one endpoint is left", this::endpoints, now -> now.size() == 1)
                .getFirst());
        String other = TestCluster.NODES.stream()
                .filter(node -> !node.equals(lost))
                .findFirst()
                .orElseThrow();
        int loads = loadsOn(other);

        cluster.harness("node", "stop", lost);
        awaitWithdrawalOf(lost, "power failure of a node", BOUND_OF_NODE);
        awaitEndpointsOn(List.of(other));

        cluster.harness("node", "start", lost);
        lmStudio(lost).restart();
        operator.awaitCluster();
        TestCluster.await("one replica is left", this::replicas, left -> left.size() == 1);
        awaitEndpointsOn(List.of(other));
        assertThat(loadsOn(other)).isEqualTo(loads + 1);
        TestCluster.await(
                "LM Studio of the lost node has no instance",
                () -> lmStudio(lost).simulator().identifiers(),
                List::isEmpty);
    }

    private void advertise(String node) {
        TestCluster.await(
                "the LMStudioNode of " + node + " exists",
                () -> Optional.ofNullable(lmStudioNode(node).get()),
                Optional::isPresent);
        lmStudioNode(node)
                .patch(
                        MERGE,
                        "{\"spec\": {\"advertisedAddress\": \"%s\"}}"
                                .formatted(lmStudio(node).address()));
    }

    private Resource<LMStudioNode> lmStudioNode(String node) {
        return cluster.admin().resources(LMStudioNode.class).withName(node);
    }

    private void applySet(int replicas, int ttlSeconds) {
        cluster.admin()
                .resource(
                        Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModelSet
                        metadata: {name: chat, namespace: %s}
                        spec:
                          replicas: %d
                          replaceAfterSeconds: 30
                          template:
                            metadata: {labels: {app: chat}}
                            spec:
                              model: llama-3.2-1b-instruct
                              ttlSeconds: %d
                              drainSeconds: 10
                              verification: {settleSeconds: 0}
                        """.formatted(NAMESPACE, replicas, ttlSeconds), ManagedModelSet.class))
                .forceConflicts()
                .serverSideApply();
    }

    private void scale(int replicas) {
        cluster.kubectl("scale", "managedmodelset/chat", "-n", NAMESPACE, "--replicas=" + replicas);
    }

    private void awaitRollout(int ttlSeconds) {
        TestCluster.await("all replicas have the TTL " + ttlSeconds, this::replicas, replicas -> replicas.stream()
                .allMatch(replica -> Objects.equals(replica.getSpec().ttlSeconds(), ttlSeconds)
                        && TestModels.isReady(replica)
                        && replica.getMetadata()
                                .getGeneration()
                                .equals(replica.getStatus().observedGeneration())));
        awaitEndpointsOn(TestCluster.NODES);
    }

    private List<ManagedModel> replicas() {
        return cluster.admin()
                .resources(ManagedModel.class)
                .inNamespace(NAMESPACE)
                .withLabel(ManagedModelSet.SET_LABEL, "chat")
                .list()
                .getItems();
    }

    private void awaitEndpointsOn(List<String> nodes) {
        TestCluster.await(
                "the Service sends requests to " + nodes,
                () -> endpoints().stream().map(ServicesRun::nodeOf).sorted().toList(),
                nodes::equals);
    }

    private void awaitWithdrawalOf(String node, String cause, Duration bound) {
        Instant from = Instant.now();
        TestCluster.await("the Service sends no requests to " + node, this::endpoints, endpoints -> endpoints.stream()
                .map(ServicesRun::nodeOf)
                .noneMatch(node::equals));
        Duration took = Duration.between(from, Instant.now());
        print("%s: endpoint withdrawn after %d ms".formatted(cause, took.toMillis()));
        assertThat(took).isLessThan(bound);
    }

    /** The endpoints that receive requests. */
    private List<Endpoint> endpoints() {
        return cluster
                .admin()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(NAMESPACE)
                .withLabel("kubernetes.io/service-name", "chat")
                .list()
                .getItems()
                .stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(endpoint -> endpoint.getConditions().getReady())
                .toList();
    }

    private static String nodeOf(Endpoint endpoint) {
        return String.valueOf(endpoint.getNodeName());
    }

    /** Until kube-proxy knows an endpoint of the Service, it refuses connections. */
    private InferenceTraffic traffic(int clients, Connections connections) {
        String host = cluster.addressOf("node-1");
        TestCluster.await("kube-proxy knows an endpoint", () -> isAccepting(host), accepting -> accepting);
        List<URI> nodePort = List.of(URI.create("http://%s:%d".formatted(host, NODE_PORT)));
        return InferenceTraffic.start(() -> nodePort, "chat", clients, connections);
    }

    private static boolean isAccepting(String host) {
        try (Socket connection = new Socket(host, NODE_PORT)) {
            return connection.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private NodeLmStudio lmStudio(String node) {
        return Objects.requireNonNull(lmStudios.get(node));
    }

    private int loadsOn(String node) {
        return lmStudio(node).simulator().journal().loadsOf("chat").size();
    }

    /** Kills the processes of a node that satisfy a condition of the shell. */
    private void killOn(String node, String condition) {
        cluster.harness(
                "exec",
                node,
                "sh",
                "-c",
                "for process in /proc/[0-9]*; do if %s; then kill -KILL ${process#/proc/}; fi; done"
                        .formatted(condition));
    }

    private static void print(String figure) {
        System.out.println("ServicesRun: " + figure);
    }
}
