package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The controller publishes only addresses that answer. The agents are fakes, the controller is real. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServiceAddressesIT {

    /** There is a probe every 10 s, and each may take 2 s. */
    private static final Duration THREE_PROBES = Duration.ofSeconds(60);

    /** The name service of the controller knows this host by an IPv4 and an IPv6 address. */
    private static final String HOST = "gpu-1.test";

    /** Reserved for documentation. The controller probes the IPv4 address. */
    private static final String IPV6 = "2001:db8::10";

    private final Cluster cluster;
    private ServiceFixture fixture;
    private AppliedServices services;

    ServiceAddressesIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), """
                127.0.0.1 localhost
                %1$s %2$s
                %3$s %2$s
                """.formatted(HttpStandIn.ip(), HOST, IPV6));
        // The name service does not know the name of this machine either.
        cluster.addController(Map.of(
                "JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts, "LMSTUDIO_OPERATOR_NODE_NAME", "controller-1"));
        cluster.awaitReady();
    }

    @BeforeEach
    void twoNodes() {
        fixture = new ServiceFixture(cluster);
        services = fixture.services;
    }

    @AfterEach
    void tidyUp() {
        fixture.close();
    }

    @Test
    void loopbackAddressIsNeverPublished() {
        fixture.one.report("apiAddress: \"http://127.0.0.1:%d\"".formatted(fixture.lmStudio.port()));
        fixture.two.report("apiAddress: \"http://0.0.0.0:1234\"");
        services.create("chat", "app=chat");
        fixture.served("a", fixture.one);
        fixture.served("b", fixture.two);

        assertThat(services.awaitEvent("chat", "AddressNotUsable"))
                .contains("http://127.0.0.1:%d of node one is a loopback address".formatted(fixture.lmStudio.port()))
                .contains("spec.advertisedAddress");
        LMStudioNode node = awaitReachable("one", "False", "AddressNotUsable");
        assertThat(reachable(node).orElseThrow().getMessage()).contains("lms server start --bind 0.0.0.0");
        awaitReachable("two", "False", "AddressNotUsable");
        assertThat(services.slices("chat")).isEmpty();

        fixture.one.report("apiAddress: \"%s\"".formatted(fixture.lmStudio.url()));

        services.awaitReady("chat", "a");
        awaitReachable("one", "True", "ProbeSucceeded");
    }

    @Test
    void unknownHostIsReported() {
        fixture.one.report("apiAddress: \"http://no-such-host.invalid:1234\"");
        services.create("chat", "app=chat");
        fixture.served("a", fixture.one);

        assertThat(services.awaitEvent("chat", "AddressNotResolved")).contains("no-such-host.invalid");
        awaitReachable("one", "False", "AddressNotResolved");
        assertThat(services.slices("chat")).isEmpty();
    }

    @Test
    void hostNameIsPublishedWithAllItsAddresses() {
        fixture.one.report("apiAddress: \"http://%s:%d\"".formatted(HOST, fixture.lmStudio.port()));
        fixture.served("a", fixture.one);
        services.create("chat", "app=chat");
        // Without a selector and a cluster IP, a Service has both families.
        services.create("headless", "app=chat", ", clusterIP: None");

        assertThat(awaitAddresses("chat", 1)).containsExactly(HttpStandIn.ip());
        assertThat(awaitAddresses("headless", 2)).containsExactlyInAnyOrder(HttpStandIn.ip(), IPV6);
        assertThat(services.slices("headless"))
                .extracting(EndpointSlice::getAddressType)
                .containsExactlyInAnyOrder("IPv4", "IPv6");
    }

    private List<String> awaitAddresses(String service, int number) {
        return eventually(
                "Service %s sends requests to %d addresses".formatted(service, number),
                () -> services.endpoints(service).stream()
                        .filter(endpoint -> endpoint.getConditions().getReady())
                        .flatMap(endpoint -> endpoint.getAddresses().stream())
                        .toList(),
                addresses -> addresses.size() == number);
    }

    @Test
    void addressThatDoesNotAnswerIsWithdrawnUntilItAnswers() {
        services.create("chat", "app=chat");
        fixture.served("a", fixture.one);
        services.awaitReady("chat", "a");
        awaitReachable("one", "True", "ProbeSucceeded");

        fixture.lmStudio.stop();

        LMStudioNode node = awaitReachable("one", "False", "ProbeFailed");
        assertThat(reachable(node).orElseThrow().getMessage()).contains("the connection was refused");
        services.awaitSlices("chat", "are gone", List::isEmpty);

        fixture.lmStudio.startAgain();

        services.awaitReady("chat", "a");
        awaitReachable("one", "True", "ProbeSucceeded");
    }

    @Test
    void onlyNodesThatServicesUseAreProbed() {
        fixture.served("a", fixture.one);
        fixture.served("b", fixture.two, "other");
        services.create("chat", "app=chat");
        services.awaitReady("chat", "a");
        awaitReachable("one", "True", "ProbeSucceeded");

        assertThat(fixture.other.requests()).isZero();
        assertThat(reachable(cluster.node("two").get())).isEmpty();

        services.resource("chat").delete();

        eventually(
                "node one has no condition Reachable",
                () -> reachable(cluster.node("one").get()),
                Optional::isEmpty);
    }

    /** A probe that ends after the last Service writes its result to a node that no Service uses. */
    @Test
    void conditionThatArrivesAfterTheLastServiceIsRemoved() {
        LMStudioNode late = new LMStudioNode();
        late.getMetadata().setName("two");
        late.setStatus(LMStudioNodeStatus.ofConditions(List.of(new ConditionBuilder()
                .withType("Reachable")
                .withStatus("True")
                .withReason("ProbeSucceeded")
                .withMessage("")
                .withLastTransitionTime("2026-01-01T00:00:00Z")
                .build())));
        cluster.admin()
                .resource(late)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("lmstudio-operator-reachability")
                        .build());

        eventually(
                "node two has no condition Reachable",
                () -> reachable(cluster.node("two").get()),
                Optional::isEmpty);
    }

    private LMStudioNode awaitReachable(String node, String status, String reason) {
        return eventually(
                "%s has condition Reachable %s %s".formatted(node, status, reason),
                THREE_PROBES,
                () -> cluster.node(node).get(),
                seen -> reachable(seen)
                        .filter(condition -> condition.getStatus().equals(status))
                        .filter(condition -> condition.getReason().equals(reason))
                        .isPresent());
    }

    private static Optional<Condition> reachable(LMStudioNode node) {
        return Optional.ofNullable(node.getStatus()).map(LMStudioNodeStatus::conditions).stream()
                .flatMap(List::stream)
                .filter(condition -> condition.getType().equals("Reachable"))
                .findFirst();
    }
}
