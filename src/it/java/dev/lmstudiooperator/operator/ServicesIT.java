package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The controller publishes verified instances as endpoints of Services. The agents are fakes, the controller is real. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServicesIT {

    private final Cluster cluster;
    private OperatorProcess controller;
    private ServiceFixture fixture;
    private AppliedServices services;

    ServicesIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @BeforeAll
    void start() {
        controller = cluster.addController();
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
    void verifiedInstanceIsPublishedUntilItIsNotAvailable() {
        Service service = services.create("chat", "app=chat");
        ManagedModel model = fixture.served("a", fixture.one);

        services.awaitReady("chat", "a");

        EndpointSlice slice = services.slices("chat").getFirst();
        assertThat(slice.getMetadata().getLabels())
                .containsEntry("endpointslice.kubernetes.io/managed-by", "lmstudio-operator.dev");
        assertThat(slice.getMetadata().getOwnerReferences().getFirst().getUid())
                .isEqualTo(service.getMetadata().getUid());
        assertThat(slice.getPorts().getFirst().getPort()).isEqualTo(fixture.lmStudio.port());
        assertThat(slice.getEndpoints().getFirst().getAddresses()).containsExactly(HttpStandIn.ip());
        assertThat(slice.getEndpoints().getFirst().getNodeName()).isNull();

        fixture.one.serve(model, "False", "VerificationFailed");

        services.awaitSlices("chat", "are gone", List::isEmpty);
    }

    @Test
    void endpointsFollowLabelsNodesAndPorts() {
        Node node = cluster.createKubernetesNode("two", Map.of("topology.kubernetes.io/zone", "zone-b"));
        fixture.two.report("apiAddress: \"%s\"\n  nodeUID: %s"
                .formatted(fixture.other.url(), node.getMetadata().getUid()));
        services.create("chat", "app=chat");
        fixture.served("a", fixture.one);
        fixture.served("b", fixture.two);

        services.awaitReady("chat", "a", "b");
        assertThat(services.slices("chat"))
                .extracting(slice -> slice.getPorts().getFirst().getPort())
                .containsExactlyInAnyOrder(fixture.lmStudio.port(), fixture.other.port());
        assertThat(services.endpoints("chat"))
                .filteredOn(endpoint -> endpoint.getTargetRef().getName().equals("b"))
                .singleElement()
                .satisfies(endpoint -> {
                    assertThat(endpoint.getNodeName()).isEqualTo("two");
                    assertThat(endpoint.getZone()).isEqualTo("zone-b");
                });

        fixture.label("b", "other");

        services.awaitReady("chat", "a");
    }

    @Test
    void drainingInstanceIsTerminating() {
        services.create("chat", "app=chat");
        ManagedModel model = fixture.served("a", fixture.one);
        services.awaitReady("chat", "a");

        fixture.one.serve(model, "False", "Draining");

        services.awaitReady("chat");
        assertThat(services.endpoints("chat")).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.getConditions().getServing()).isTrue();
            assertThat(endpoint.getConditions().getTerminating()).isTrue();
        });
    }

    @Test
    void instanceOfALostAgentIsWithdrawn() {
        services.create("chat", "app=chat");
        fixture.served("a", fixture.one);
        services.awaitReady("chat", "a");

        fixture.one.stopHeartbeat();

        services.awaitSlices("chat", "are gone", List::isEmpty);
    }

    @Test
    void deletedServiceLeavesNoSlices() {
        fixture.served("a", fixture.one);
        for (int i = 0; i < 5; i++) {
            services.create("chat", "app=chat");
            services.awaitReady("chat", "a");

            services.resource("chat").delete();

            services.awaitSlices("chat", "are gone", List::isEmpty);
        }
    }

    @Test
    void serviceThatIsCreatedAgainAtOnceHasItsOwnSlices() {
        fixture.served("a", fixture.one);
        for (int i = 0; i < 5; i++) {
            services.create("chat", "app=chat");
            services.awaitReady("chat", "a");
            services.resource("chat").delete();
            Service next = services.create("chat", "app=chat");

            services.awaitSlices(
                    "chat",
                    "belong to the new Service",
                    slices -> slices.size() == 1
                            && slices.getFirst()
                                    .getMetadata()
                                    .getOwnerReferences()
                                    .getFirst()
                                    .getUid()
                                    .equals(next.getMetadata().getUid()));
            services.resource("chat").delete();
            services.awaitSlices("chat", "are gone", List::isEmpty);
        }
    }

    @Test
    void removedAnnotationLeavesNoSlices() {
        services.create("chat", "app=chat");
        fixture.served("a", fixture.one);
        services.awaitReady("chat", "a");

        fixture.removeAnnotation("chat");

        services.awaitSlices("chat", "are gone", List::isEmpty);
    }

    @Test
    void newLeaderRemovesLeftoversAndChangesNoOtherSlice() {
        services.create("deleted", "app=chat");
        services.create("plain", "app=chat");
        services.create("kept", "app=chat");
        fixture.served("a", fixture.one);
        List.of("deleted", "plain", "kept").forEach(service -> services.awaitReady(service, "a"));
        List<EndpointSlice> kept = services.slices("kept");

        controller.kill();
        services.resource("deleted").delete();
        fixture.removeAnnotation("plain");
        ClusterCleanup.removeLeaseOfController(cluster.admin());
        controller = cluster.addController();

        services.awaitSlices("deleted", "are gone", List::isEmpty);
        services.awaitSlices("plain", "are gone", List::isEmpty);
        services.create("next", "app=chat");
        services.awaitReady("next", "a");
        assertThat(services.slices("kept")).isEqualTo(kept);
    }

    @Test
    void sliceThatAnotherClientChangesIsRestored() {
        services.create("chat", "app=chat");
        fixture.served("a", fixture.one);
        services.awaitReady("chat", "a");
        EndpointSlice slice = services.slices("chat").getFirst();

        cluster.admin()
                .resource(new EndpointSliceBuilder(slice).withEndpoints().build())
                .update();
        services.awaitReady("chat", "a");
        cluster.admin().resource(slice).delete();

        services.awaitReady("chat", "a");
    }
}
