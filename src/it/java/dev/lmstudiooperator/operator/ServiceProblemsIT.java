package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The controller reports mistakes in Services as events. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServiceProblemsIT {

    private final Cluster cluster;
    private ServiceFixture fixture;
    private AppliedServices services;

    ServiceProblemsIT(Cluster cluster) {
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
    void errorsOfUsersAreEvents() {
        fixture.served("a", fixture.one);
        cluster.models().apply("b", "model: gemma, nodeName: two");
        fixture.label("b", "chat");

        services.create("broken", "app in (chat)");
        services.create("both", "app=chat", ", selector: {app: chat}");
        services.create("nothing", "app=nothing");
        services.create("mixed", "app=chat");
        services.create("external", "app=chat", ", type: ExternalName, externalName: example.org");

        assertThat(services.awaitEvent("broken", "InvalidSelector")).contains("'app in (chat)'");
        assertThat(services.awaitEvent("both", "SelectorConflict")).contains("spec.selector");
        assertThat(services.awaitEvent("nothing", "NoMatchingModel")).contains("app=nothing");
        assertThat(services.awaitEvent("mixed", "MixedModels")).contains("gemma as b, qwen3-4b as a");
        services.awaitEvent("external", "UnsupportedService");
        assertThat(List.of("broken", "both", "nothing", "external"))
                .allSatisfy(service -> assertThat(services.slices(service)).isEmpty());
    }

    @Test
    void slicesOfOtherControllersAreReportedAndLeftAlone() {
        EndpointSlice mirrored = slice("chat-mirrored", "endpointslicemirroring-controller.k8s.io");
        EndpointSlice foreign = slice("chat-other", "example.org");
        cluster.admin().resource(mirrored).create();
        cluster.admin().resource(foreign).create();
        fixture.served("a", fixture.one);

        services.create("chat", "app=chat");

        assertThat(services.awaitEvent("chat", "MirroredEndpoints")).contains("skip-mirror=true");
        assertThat(services.awaitEvent("chat", "OtherEndpointSlices")).contains("chat-other of example.org");
        services.awaitSlices("chat", "are three", slices -> slices.size() == 3);
        services.resource("chat").delete();
        assertThat(services.awaitSlices("chat", "are those of others", slices -> slices.size() == 2))
                .extracting(slice -> slice.getMetadata().getName())
                .containsExactlyInAnyOrder("chat-mirrored", "chat-other");
    }

    private EndpointSlice slice(String name, String manager) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(cluster.models().namespace())
                .addToLabels("kubernetes.io/service-name", "chat")
                .addToLabels("endpointslice.kubernetes.io/managed-by", manager)
                .endMetadata()
                .withAddressType("IPv4")
                .addNewPort()
                .withName("http")
                .withPort(80)
                .endPort()
                .addNewEndpoint()
                .withAddresses("192.0.2.9")
                .withNewConditions()
                .withReady(false)
                .endConditions()
                .endEndpoint()
                .build();
    }
}
