package dev.lmstudiooperator.controller.endpointslice;

import static dev.lmstudiooperator.controller.endpointslice.Samples.available;
import static dev.lmstudiooperator.controller.endpointslice.Samples.model;
import static dev.lmstudiooperator.controller.endpointslice.Samples.node;
import static dev.lmstudiooperator.controller.endpointslice.Samples.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.endpointslice.EndpointPlan.PlannedEndpoint;
import dev.lmstudiooperator.controller.endpointslice.ServiceProblem.Kind;
import dev.lmstudiooperator.controller.reachability.NodeAddress;
import dev.lmstudiooperator.controller.reachability.NodeAddress.Family;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EndpointPlannerTest {

    private static final Map<String, EndpointNode> NODES =
            Map.of("gpu-1", node("gpu-1", "10.1.0.1"), "gpu-2", node("gpu-2", "10.1.0.2"));

    private static EndpointPlan plan(Service service, ManagedModel... models) {
        return EndpointPlanner.plan(service, List.of(models), NODES, Set.of());
    }

    private static EndpointPlan plan(EndpointNode node, Service service) {
        return EndpointPlanner.plan(service, List.of(available("a", node.name())), Map.of(node.name(), node), Set.of());
    }

    private static List<Kind> kinds(EndpointPlan plan) {
        return plan.problems().stream().map(ServiceProblem::kind).toList();
    }

    private static @Nullable String obstacle(EndpointPlan plan) {
        return plan.candidates().getFirst().obstacle();
    }

    @Test
    void verifiedInstanceIsReady() {
        EndpointPlan plan = plan(service(), available("a", "gpu-1"));

        assertThat(plan.problems()).isEmpty();
        assertThat(obstacle(plan)).isNull();
        assertThat(plan.endpoints()).singleElement().satisfies(planned -> {
            assertThat(planned.key()).isEqualTo(new SliceKey("http", Family.IPV4, 1234, null));
            Endpoint endpoint = planned.endpoint();
            assertThat(endpoint.getAddresses()).containsExactly("10.1.0.1");
            assertThat(endpoint.getNodeName()).isEqualTo("gpu-1");
            assertThat(endpoint.getZone()).isEqualTo("zone-a");
            assertThat(endpoint.getTargetRef().getKind()).isEqualTo("ManagedModel");
            assertThat(endpoint.getTargetRef().getUid()).isEqualTo("uid-of-a");
            assertThat(endpoint.getConditions().getReady()).isTrue();
            assertThat(endpoint.getConditions().getServing()).isTrue();
            assertThat(endpoint.getConditions().getTerminating()).isFalse();
        });
    }

    @Test
    void instanceThatIsNotAvailableHasNoEndpoint() {
        EndpointPlan plan = plan(service(), model("a", "gpu-1", ConditionStatus.UNKNOWN, Reason.AGENT_LOST));

        assertThat(plan.endpoints()).isEmpty();
        assertThat(obstacle(plan)).isEqualTo("it is not Available");
    }

    @Test
    void drainingInstanceStaysAsTerminatingEndpointIfItWasPublished() {
        ManagedModel draining = model("a", "gpu-1", ConditionStatus.FALSE, Reason.DRAINING);

        EndpointPlan before = EndpointPlanner.plan(service(), List.of(draining), NODES, Set.of("uid-of-a"));

        assertThat(before.candidates()).singleElement().satisfies(candidate -> assertThat(candidate.isPublished())
                .isFalse());
        assertThat(before.endpoints()).singleElement().satisfies(planned -> {
            assertThat(planned.endpoint().getConditions().getReady()).isFalse();
            assertThat(planned.endpoint().getConditions().getServing()).isTrue();
            assertThat(planned.endpoint().getConditions().getTerminating()).isTrue();
        });
        assertThat(plan(service(), draining).endpoints()).isEmpty();
    }

    @Test
    void deletedInstanceIsNotReady() {
        ManagedModel deleted = available("a", "gpu-1");
        deleted.getMetadata().setDeletionTimestamp("2026-06-01T12:00:00Z");

        EndpointPlan plan = EndpointPlanner.plan(service(), List.of(deleted), NODES, Set.of("uid-of-a"));

        assertThat(plan.endpoints()).singleElement().satisfies(planned -> {
            assertThat(planned.endpoint().getConditions().getReady()).isFalse();
            assertThat(planned.endpoint().getConditions().getTerminating()).isTrue();
        });
        assertThat(obstacle(plan)).isEqualTo("it is being deleted");
    }

    @Test
    void lostOrUnreachableNodeHasNoEndpoint() {
        EndpointNode lost = new EndpointNode("gpu-1", node("gpu-1", "10.1.0.1").address(), true, true, true, null);
        EndpointNode unreachable = new EndpointNode("gpu-1", lost.address(), false, false, true, null);

        assertThat(plan(lost, service()).endpoints()).isEmpty();
        assertThat(obstacle(plan(lost, service()))).isEqualTo("node gpu-1 has no agent heartbeat");
        assertThat(plan(unreachable, service()).endpoints()).isEmpty();
        assertThat(obstacle(plan(unreachable, service())))
                .isEqualTo("the controller does not reach the address of node gpu-1");
    }

    @Test
    void nodeOutsideOfTheClusterHasNoNodeName() {
        EndpointNode outside =
                new EndpointNode("gpu-1", node("gpu-1", "10.1.0.1").address(), false, true, false, null);

        assertThat(plan(outside, service()).endpoints())
                .extracting(planned -> planned.endpoint().getNodeName())
                .containsOnlyNulls();
    }

    @Test
    void nodesWithDifferentPortsAreInDifferentSlices() {
        Map<String, EndpointNode> nodes = Map.of(
                "gpu-1",
                node("gpu-1", "10.1.0.1"),
                "gpu-2",
                node("gpu-2", new NodeAddress.Usable(true, 8443, List.of("10.1.0.2"), List.of())));

        assertThat(EndpointPlanner.plan(
                                service(), List.of(available("a", "gpu-1"), available("b", "gpu-2")), nodes, Set.of())
                        .endpoints())
                .extracting(PlannedEndpoint::key)
                .containsExactlyInAnyOrder(
                        new SliceKey("http", Family.IPV4, 1234, null),
                        new SliceKey("http", Family.IPV4, 8443, "https"));
    }

    @Test
    void dualStackServiceHasAnEndpointPerFamily() {
        EndpointNode dual =
                node("gpu-1", new NodeAddress.Usable(false, 1234, List.of("10.1.0.1"), List.of("2001:db8::1")));

        assertThat(plan(dual, service("IPv6", "IPv4")).endpoints())
                .extracting(planned -> planned.endpoint().getAddresses().getFirst())
                .containsExactlyInAnyOrder("10.1.0.1", "2001:db8::1");
        assertThat(plan(dual, service("IPv6")).endpoints())
                .extracting(planned -> planned.endpoint().getAddresses().getFirst())
                .containsExactly("2001:db8::1");
    }

    @Test
    void nodeWithoutAnAddressOfTheFamilyIsReported() {
        EndpointPlan plan = plan(node("gpu-1", "10.1.0.1"), service("IPv6"));

        assertThat(plan.endpoints()).isEmpty();
        assertThat(kinds(plan)).containsExactly(Kind.ADDRESS_NOT_USABLE);
        assertThat(obstacle(plan)).startsWith("node gpu-1 has no IPv6 address");
    }

    @Test
    void unusableAndUnresolvedAddressesAreReported() {
        Map<String, EndpointNode> nodes = Map.of(
                "gpu-1", node("gpu-1", new NodeAddress.Unusable("node gpu-1 has a loopback address")),
                "gpu-2", node("gpu-2", new NodeAddress.Unresolved("host nowhere is unknown")));

        EndpointPlan plan = EndpointPlanner.plan(
                service(), List.of(available("a", "gpu-1"), available("b", "gpu-2")), nodes, Set.of());

        assertThat(plan.endpoints()).isEmpty();
        assertThat(plan.problems())
                .containsExactly(
                        new ServiceProblem(Kind.ADDRESS_NOT_USABLE, "node gpu-1 has a loopback address"),
                        new ServiceProblem(Kind.ADDRESS_NOT_RESOLVED, "host nowhere is unknown"));
    }

    @Test
    void selectorErrorsPublishNothing() {
        Service broken = service();
        broken.getMetadata().setAnnotations(Map.of(ModelSelector.ANNOTATION, "app in (chat)"));
        Service both = service();
        both.getSpec().setSelector(Map.of("app", "chat"));
        Service external = service();
        external.getSpec().setType("ExternalName");
        Service udp = service();
        udp.getSpec().getPorts().getFirst().setProtocol("UDP");

        assertThat(kinds(plan(broken, available("a", "gpu-1")))).containsExactly(Kind.INVALID_SELECTOR);
        assertThat(kinds(plan(both, available("a", "gpu-1")))).containsExactly(Kind.SELECTOR_CONFLICT);
        assertThat(kinds(plan(external, available("a", "gpu-1")))).containsExactly(Kind.UNSUPPORTED_SERVICE);
        assertThat(kinds(plan(udp, available("a", "gpu-1")))).containsExactly(Kind.UNSUPPORTED_SERVICE);
        assertThat(List.of(broken, both, external, udp)).allSatisfy(service -> assertThat(
                        plan(service, available("a", "gpu-1")).endpoints())
                .isEmpty());
    }

    @Test
    void selectorThatMatchesNothingIsReported() {
        ManagedModel other = available("a", "gpu-1");
        other.getMetadata().setLabels(Map.of("app", "other"));

        assertThat(plan(service(), other).problems())
                .containsExactly(new ServiceProblem(
                        Kind.NO_MATCHING_MODEL, "No ManagedModel in namespace models has the labels app=chat"));
    }

    @Test
    void differentModelsAreReportedButPublished() {
        ManagedModel other = available("b", "gpu-2");
        other.setSpec(
                new ManagedModelSpec("gemma", "chat", null, null, null, null, null, null, null, null, null, null));

        EndpointPlan plan = plan(service(), available("a", "gpu-1"), other);

        assertThat(kinds(plan)).containsExactly(Kind.MIXED_MODELS);
        assertThat(plan.problems().getFirst().message()).contains("gemma as chat, qwen3 as chat");
        assertThat(plan.endpoints()).hasSize(2);
    }

    @Test
    void addressIsPublishedOnceAndByTheReadyInstance() {
        ManagedModel draining = model("a", "gpu-1", ConditionStatus.FALSE, Reason.DRAINING);

        EndpointPlan plan = EndpointPlanner.plan(
                service(), List.of(draining, available("b", "gpu-1")), NODES, Set.of("uid-of-a", "uid-of-b"));

        assertThat(plan.endpoints())
                .extracting(planned -> planned.endpoint().getTargetRef().getName())
                .containsExactly("b");
    }

    @Test
    void firstNameIsPublishedIfReadyInstancesHaveOneAddress() {
        EndpointPlan plan = plan(service(), available("b", "gpu-1"), available("a", "gpu-1"));

        assertThat(plan.endpoints())
                .extracting(planned -> planned.endpoint().getTargetRef().getName())
                .containsExactly("a");
        assertThat(plan.candidates())
                .extracting(candidate -> candidate.model().getMetadata().getName())
                .containsExactly("a", "b");
    }

    // Why an instance receives no requests

    @Test
    void modelWithoutANodeIsNotScheduled() {
        ManagedModel fresh = available("a", "gpu-1");
        fresh.setStatus(null);
        ManagedModel unscheduled = available("a", "gpu-1");
        unscheduled.setStatus(ManagedModelStatus.UNOBSERVED);

        assertThat(obstacle(plan(service(), fresh))).isEqualTo("it is not scheduled");
        assertThat(obstacle(plan(service(), unscheduled))).isEqualTo("it is not scheduled");
    }

    @Test
    void nodeWithoutAnLmStudioNodeIsLost() {
        EndpointPlan plan = plan(service(), available("a", "gpu-9"));

        assertThat(plan.endpoints()).isEmpty();
        assertThat(plan.problems()).isEmpty();
        assertThat(obstacle(plan)).isEqualTo("node gpu-9 has no agent heartbeat");
    }

    @Test
    void addressThatCannotBePublishedIsTheCause() {
        assertThat(obstacle(plan(node("gpu-1", new NodeAddress.Unknown()), service())))
                .isEqualTo("the address of node gpu-1 is not known yet");
        assertThat(obstacle(plan(node("gpu-1", new NodeAddress.Unusable("it is a loopback address")), service())))
                .isEqualTo("it is a loopback address");
        assertThat(obstacle(plan(node("gpu-1", new NodeAddress.Unresolved("host nowhere is unknown")), service())))
                .isEqualTo("host nowhere is unknown");
    }

    @Test
    void deletedInstanceThatWasNotPublishedHasNoEndpoint() {
        ManagedModel deleted = available("a", "gpu-1");
        deleted.getMetadata().setDeletionTimestamp("2026-06-01T12:00:00Z");

        assertThat(plan(service(), deleted).endpoints()).isEmpty();
    }

    // Ports and families

    @Test
    void eachTcpPortHasEndpoints() {
        Service service = service();
        service.getSpec()
                .setPorts(List.of(
                        new ServicePortBuilder().withName("http").withPort(80).build(),
                        new ServicePortBuilder()
                                .withName("grpc")
                                .withProtocol("TCP")
                                .withAppProtocol("kubernetes.io/h2c")
                                .withPort(81)
                                .build(),
                        new ServicePortBuilder()
                                .withName("dns")
                                .withProtocol("UDP")
                                .withPort(53)
                                .build()));

        assertThat(plan(service, available("a", "gpu-1")).endpoints())
                .extracting(PlannedEndpoint::key)
                .containsExactly(
                        new SliceKey("http", Family.IPV4, 1234, null),
                        new SliceKey("grpc", Family.IPV4, 1234, "kubernetes.io/h2c"));
    }

    @Test
    void protocolOfThePortWinsOverHttps() {
        Service service = service();
        service.getSpec().getPorts().getFirst().setName(null);
        service.getSpec().getPorts().getFirst().setAppProtocol("example.org/tls");
        EndpointNode secure = node("gpu-1", new NodeAddress.Usable(true, 8443, List.of("10.1.0.1"), List.of()));

        assertThat(plan(secure, service).endpoints())
                .extracting(PlannedEndpoint::key)
                .containsExactly(new SliceKey("", Family.IPV4, 8443, "example.org/tls"));
    }

    @Test
    void onlyTheFirstAddressOfANodeIsPublished() {
        EndpointNode node =
                node("gpu-1", new NodeAddress.Usable(false, 1234, List.of("10.1.0.1", "10.1.0.2"), List.of()));

        assertThat(plan(node, service()).endpoints())
                .extracting(planned -> planned.endpoint().getAddresses())
                .containsExactly(List.of("10.1.0.1"));
    }

    @Test
    void serviceWithoutFamiliesOrPortsHasNoEndpoints() {
        Service withoutFamilies = service();
        withoutFamilies.getSpec().setIpFamilies(null);
        Service withoutPorts = service();
        withoutPorts.getSpec().setPorts(null);

        assertThat(plan(withoutFamilies, available("a", "gpu-1")).endpoints()).isEmpty();
        assertThat(kinds(plan(withoutPorts, available("a", "gpu-1")))).containsExactly(Kind.UNSUPPORTED_SERVICE);
    }

    // Problems

    @Test
    void problemOfANodeIsReportedOnceAndInTheOrderOfTheNames() {
        Map<String, EndpointNode> nodes = Map.of(
                "gpu-1", node("gpu-1", new NodeAddress.Unusable("gpu-1 is bad")),
                "gpu-2", node("gpu-2", new NodeAddress.Unusable("gpu-2 is bad")));
        List<ManagedModel> models = List.of(available("a", "gpu-2"), available("b", "gpu-1"), available("c", "gpu-2"));

        assertThat(EndpointPlanner.plan(service(), models, nodes, Set.of()).problems())
                .containsExactly(new ServiceProblem(Kind.ADDRESS_NOT_USABLE, "gpu-1 is bad; gpu-2 is bad"));
    }

    @Test
    void messageNamesAllFamiliesThatANodeLacks() {
        EndpointNode node = node("gpu-1", new NodeAddress.Usable(false, 1234, List.of(), List.of()));

        assertThat(plan(node, service("IPv4", "IPv6")).problems())
                .extracting(ServiceProblem::message)
                .containsExactly("node gpu-1 has no IPv4 or IPv6 address; set spec.ipFamilies of the Service, or"
                        + " spec.advertisedAddress of the LMStudioNode");
    }

    @Test
    void messageNamesTheSelectorAndItsLabels() {
        Service broken = service();
        broken.getMetadata().setAnnotations(Map.of(ModelSelector.ANNOTATION, "app in (chat)"));
        Service none = service();
        none.getMetadata().setAnnotations(null);
        Service two = service();
        two.getMetadata().setAnnotations(Map.of(ModelSelector.ANNOTATION, "tier=gpu,app=chat"));

        assertThat(plan(broken).problems().getFirst().message())
                .startsWith("Annotation lmstudio-operator.dev/model-selector is 'app in (chat)'.");
        assertThat(kinds(plan(none))).containsExactly(Kind.INVALID_SELECTOR);
        assertThat(plan(two).problems().getFirst().message()).endsWith("has the labels app=chat,tier=gpu");
    }

    @Test
    void deletedModelDoesNotMixAndTheNameStandsForAnAbsentIdentifier() {
        ManagedModel other = available("b", "gpu-2");
        other.setSpec(new ManagedModelSpec("qwen3", null, null, null, null, null, null, null, null, null, null, null));

        assertThat(plan(service(), available("a", "gpu-1"), other).problems())
                .extracting(ServiceProblem::message)
                .singleElement()
                .asString()
                .contains("selects 2 different models")
                .contains("qwen3 as b, qwen3 as chat");

        other.getMetadata().setDeletionTimestamp("2026-06-01T12:00:00Z");
        assertThat(plan(service(), available("a", "gpu-1"), other).problems()).isEmpty();
    }
}
