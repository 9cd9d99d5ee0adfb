package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The controller publishes only addresses that answer. The agents are fakes, the controller is real. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServiceAddressesIT {

    /** There is a probe every 10 s, and each may take 2 s. */
    private static final Duration THREE_PROBES = Duration.ofSeconds(60);

    private final Cluster cluster;
    private ServiceFixture fixture;
    private AppliedServices services;

    ServiceAddressesIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @BeforeAll
    void start() {
        cluster.addController();
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
