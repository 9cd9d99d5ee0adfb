package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.simulator.InferenceTraffic;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * No request through a Service fails while agents reload and unload its instances. Requests take seconds. The client follows
 * the EndpointSlices and opens a connection per request.
 */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServiceTrafficIT {

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final int CLIENTS = 40;
    private static final int INFERENCE_MILLIS = 1_500;
    private static final int FEWEST_REQUESTS = 1_000;

    /** Takes some seconds, but not as long as the Lease of the controller. */
    private static final int ANSWERS_WITHOUT_CONTROLLER = 150;

    private final Cluster cluster;
    private final List<TcpProxy> proxies = new ArrayList<>();
    private final List<AgentFixture> machines = new ArrayList<>();
    private AppliedServices services;
    private Supplier<List<URI>> addresses;
    private OperatorProcess controller;

    ServiceTrafficIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @BeforeAll
    void start() {
        services = new AppliedServices(cluster.admin(), cluster.models().namespace());
        addresses = services.watchAddresses("chat");
        controller = cluster.addController();
        cluster.awaitReady();
    }

    @AfterEach
    void tidyUp() {
        services.deleteAll();
        machines.forEach(AgentFixture::close);
        proxies.forEach(TcpProxy::close);
        machines.clear();
        proxies.clear();
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
    }

    @Test
    void noRequestFailsDuringReloadsAndADeletion() throws IOException, InterruptedException {
        serve(Map.of(), "one", "two", "three");
        try (InferenceTraffic traffic = traffic()) {
            for (String name : List.of("one", "two", "three")) {
                reload(name, "{\"spec\": {\"ttlSeconds\": 900}}");
            }
            reload("one", "{\"spec\": {\"model\": \"llama-3.2-1b-instruct\"}}");
            reloadWhileTheControllerIsStopped("two", traffic);
            cluster.models().deleteAndAwaitGone("three");
            eventually("enough requests are answered", traffic::answers, answers -> answers >= FEWEST_REQUESTS);
            traffic.finish();

            assertThat(traffic.failures()).isEmpty();
            assertThat(traffic.answers()).isGreaterThanOrEqualTo(FEWEST_REQUESTS);
        }
    }

    /** Without the wait for the withdrawal, the same traffic sees errors. So the test above can fail. */
    @Test
    void requestsFailIfAgentsDoNotWaitForTheWithdrawal() throws IOException, InterruptedException {
        serve(Map.of("LMSTUDIO_OPERATOR_SERVICES_WITHDRAWAL_TIMEOUT", "0s"), "four", "five");
        try (InferenceTraffic traffic = traffic()) {
            // Requests keep the instance busy, because nothing withdraws it. So the drain ends by its deadline.
            cluster.models().resource("four").patch(MERGE, "{\"spec\": {\"drainSeconds\": 3}}");
            reloadWhileTheControllerIsStopped("four", traffic);
            traffic.finish();

            assertThat(traffic.failures()).isNotEmpty();
        }
    }

    @Test
    void modelThatNoServiceSelectsHasNoConditionAndDoesNotWait() throws IOException {
        serve(Map.of(), "six");
        assertThat(published(cluster.models().resource("six").get())).isEqualTo("True");

        services.resource("chat").delete();

        cluster.models().await("six", "has no condition Published", model -> published(model) == null);
    }

    private InferenceTraffic traffic() {
        return InferenceTraffic.start(addresses, "chat", CLIENTS, InferenceTraffic.Connections.ONE_PER_REQUEST);
    }

    /** Serves one model per machine, and waits until the Service sends requests to all of them. */
    private void serve(Map<String, String> configuration, String... names) throws IOException {
        InetAddress address = InetAddress.getByName(HttpStandIn.ip());
        services.create("chat", "app=chat");
        for (String name : names) {
            AgentFixture machine = cluster.addMachine(name, configuration);
            machines.add(machine);
            machine.lmStudio().set("inferenceMillis", INFERENCE_MILLIS);
            TcpProxy proxy = TcpProxy.before(
                    address, "127.0.0.1", machine.lmStudio().httpUrl().getPort());
            proxy.open();
            proxies.add(proxy);
        }
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            cluster.awaitNode(name, "True", "Reachable");
            cluster.node(name)
                    .patch(
                            MERGE,
                            "{\"spec\": {\"advertisedAddress\": \"http://%s:%d\"}}"
                                    .formatted(
                                            address.getHostAddress(),
                                            proxies.get(i).port()));
            cluster.models().apply(name, ModelSpecs.QWEN_VERIFIED_OFTEN + ", identifier: chat, nodeName: " + name);
            cluster.models().resource(name).patch(MERGE, "{\"metadata\": {\"labels\": {\"app\": \"chat\"}}}");
        }
        services.awaitReady("chat", Stream.of(names).sorted().toArray(String[]::new));
    }

    private void reload(String name, String patch) {
        int loads = loads(cluster.models().resource(name).get());
        cluster.models().resource(name).patch(MERGE, patch);
        cluster.models().awaitReadyAfterLoads(name, loads + 1);
        eventually(name + " receives requests again", () -> services.ready("chat"), ready -> ready.contains(name));
    }

    /** The agent must not unload the instance as long as nothing withdraws its endpoint. */
    private void reloadWhileTheControllerIsStopped(String name, InferenceTraffic traffic)
            throws IOException, InterruptedException {
        int loads = loads(cluster.models().resource(name).get());
        signal("STOP");
        try {
            cluster.models().resource(name).patch(MERGE, "{\"spec\": {\"ttlSeconds\": 1200}}");
            cluster.models()
                    .await(
                            name,
                            "drains",
                            model -> "Draining".equals(AppliedModels.reason(model)) || loads(model) > loads);
            int before = traffic.answers();
            eventually("requests go on", traffic::answers, answers -> answers >= before + ANSWERS_WITHOUT_CONTROLLER);
        } finally {
            signal("CONT");
        }
        cluster.models().awaitReadyAfterLoads(name, loads + 1);
        eventually(name + " receives requests again", () -> services.ready("chat"), ready -> ready.contains(name));
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(controller.pid()))
                .start()
                .waitFor();
    }

    private static int loads(ManagedModel model) {
        return Objects.requireNonNullElse(model.getStatus().loads(), 0);
    }

    private static @Nullable String published(ManagedModel model) {
        return AppliedModels.condition(model, "Published");
    }
}
