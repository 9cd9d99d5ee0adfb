package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNull;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.faultinjection.invariant.Evidence;
import dev.lmstudiooperator.faultinjection.invariant.Invariants;
import dev.lmstudiooperator.faultinjection.invariant.OtherSlicesAreLeftAlone;
import dev.lmstudiooperator.faultinjection.proxy.ApiProxy;
import dev.lmstudiooperator.faultinjection.proxy.TrafficPolicy;
import dev.lmstudiooperator.operator.AppliedModels;
import dev.lmstudiooperator.operator.AppliedServices;
import dev.lmstudiooperator.operator.AppliedSets;
import dev.lmstudiooperator.operator.ClusterCleanup;
import dev.lmstudiooperator.operator.HttpStandIn;
import dev.lmstudiooperator.operator.ServingAgent;
import dev.lmstudiooperator.simulator.Journal;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A controller, and three nodes with fake agents. The suite also acts as the garbage collector and as another controller. */
final class ControllerTestBed implements TestBed {

    static final List<String> NODES = List.of("n1", "n2", "n3");

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    /** Long enough for a busy machine. */
    private static final Duration LEASE = Duration.ofSeconds(6);

    private final ControlPlane controlPlane;
    private final ApiProxy proxy;
    private final Map<String, String> environment;
    private final Map<String, HttpStandIn> lmStudios = new HashMap<>();
    private final Map<String, ServingAgent> agents = new HashMap<>();
    private final Set<String> lost = new HashSet<>();
    private TestedOperator controller;
    private String namespace = "";

    private ControllerTestBed(ControlPlane controlPlane, ApiProxy proxy) {
        this.controlPlane = controlPlane;
        this.proxy = proxy;
        this.environment = Map.of(
                "KUBECONFIG",
                controlPlane
                        .kubeconfigFor(Account.controller(), URI.create("http://127.0.0.1:" + proxy.port()))
                        .toString(),
                "LMSTUDIO_OPERATOR_ROLE",
                "controller");
        NODES.forEach(node -> lmStudios.put(node, HttpStandIn.start()));
        NODES.forEach(this::startAgent);
        this.controller = launch();
    }

    static ControllerTestBed create(ControlPlane controlPlane) {
        ClusterCleanup.remove(controlPlane.admin());
        return new ControllerTestBed(
                controlPlane,
                ApiProxy.to(
                        controlPlane.admin().getConfiguration(),
                        ControllerTestBed::isCountedWrite,
                        ControllerTestBed::isCountedWatch));
    }

    /** Without Leases, without Events, which nothing depends on, and without the reviews of permissions at startup. */
    private static boolean isCountedWrite(String path) {
        return !path.matches(".*/(leases|events|selfsubjectaccessreviews)(/.*)?");
    }

    private static boolean isCountedWatch(String path) {
        return path.matches(".*/(managedmodels|managedmodelsets|services|endpointslices)\\?.*");
    }

    private TestedOperator launch() {
        return new TestedOperator(environment, () -> ClusterCleanup.removeLeaseOfController(admin()));
    }

    private void startAgent(String node) {
        agents.put(node, ServingAgent.start(admin(), node, lmStudio(node).url(), LEASE));
    }

    private HttpStandIn lmStudio(String node) {
        return requireNonNull(lmStudios.get(node));
    }

    @Override
    public void reset() {
        controller.killFormer();
        namespace = controlPlane.createNamespace("fault-injection").name();
        controller.awaitReady();
        settle();
    }

    @Override
    public void replaceOperator() {
        controller.kill();
        controller.killFormer();
        agents.values().forEach(ServingAgent::close);
        admin().services().inNamespace(namespace).delete();
        admin().discovery().v1().endpointSlices().inNamespace(namespace).delete();
        ClusterCleanup.remove(admin());
        lost.clear();
        NODES.forEach(this::startAgent);
        controller = launch();
    }

    @Override
    public TestedOperator operator() {
        return controller;
    }

    @Override
    public VersionRecorder record() {
        return new VersionRecorder(
                admin(), namespace, List.of(ManagedModelSet.class, ManagedModel.class, EndpointSlice.class));
    }

    /** Controllers do not call {@code lms}. */
    @Override
    public Journal journal() {
        return new Journal(List.of());
    }

    @Override
    public void act(Plan plan, FaultInjector injector) {
        try {
            proxy.setPolicy(injector);
            plan.scenario().act(this);
        } finally {
            proxy.setPolicy(TrafficPolicy.PASS_THROUGH);
        }
    }

    /** The controller schedules another ManagedModel, and an agent serves it. */
    @Override
    public void settle() {
        AppliedModels others = new AppliedModels(admin(), "default");
        others.apply("witness", "model: qwen3-4b");
        eventually(
                "the witness is served",
                TIMEOUT,
                () -> String.valueOf(
                        AppliedModels.reason(others.resource("witness").get())),
                "Verified"::equals);
        others.resource("witness").delete();
        others.awaitGone("witness");
    }

    @Override
    public String endState() {
        collectGarbage();
        return EndState.of(this);
    }

    /** The slices of another controller stay until the recorder is closed. */
    @Override
    public void cleanUp() {
        reviveNodes();
        admin().services().inNamespace(namespace).delete();
        admin().resources(ManagedModelSet.class).inNamespace(namespace).delete();
        eventually("no ManagedModel is left", TIMEOUT, this::deleteModels, List::isEmpty);
        eventually(
                "no EndpointSlice of the operator is left",
                TIMEOUT,
                () -> slices().stream().filter(ControllerTestBed::isOwn).toList(),
                List::isEmpty);
    }

    private List<ManagedModel> deleteModels() {
        admin().resources(ManagedModel.class).inNamespace(namespace).delete();
        return models().all();
    }

    @Override
    public List<String> violations(Evidence evidence) {
        return Invariants.ofControllers(evidence);
    }

    KubernetesClient admin() {
        return controlPlane.admin();
    }

    AppliedModels models() {
        return new AppliedModels(admin(), namespace);
    }

    AppliedSets sets() {
        return new AppliedSets(admin(), namespace);
    }

    AppliedServices services() {
        return new AppliedServices(admin(), namespace);
    }

    List<EndpointSlice> slices() {
        return admin().discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    static boolean isOwn(EndpointSlice slice) {
        return "lmstudio-operator.dev"
                .equals(slice.getMetadata().getLabels().get("endpointslice.kubernetes.io/managed-by"));
    }

    ServingAgent agent(String node) {
        return requireNonNull(agents.get(node));
    }

    /** Applies a ManagedModel with the label {@code app}, and waits until the agent of the node serves it. */
    void serve(String name, String node, String app) {
        models().apply(name, "model: qwen3-4b, nodeName: " + node);
        models().resource(name).patch(MERGE, "{\"metadata\":{\"labels\":{\"app\":\"%s\"}}}".formatted(app));
        models().awaitVerified(name, 1);
    }

    void select(String service, String selector) {
        services()
                .resource(service)
                .patch(
                        MERGE,
                        "{\"metadata\":{\"annotations\":{\"lmstudio-operator.dev/model-selector\":\"%s\"}}}"
                                .formatted(selector));
    }

    /** Waits until the set has exactly this number of ManagedModels, also of those that are being deleted. */
    void awaitModels(int count) {
        eventually("there are %d ManagedModels".formatted(count), TIMEOUT, models()::all, all -> all.size() == count);
    }

    void awaitReadyEndpoints(String service, int count) {
        eventually(
                "Service %s sends requests to %d instances".formatted(service, count),
                TIMEOUT,
                () -> services().ready(service),
                ready -> ready.size() == count);
    }

    /** Stops the agent of a node that serves a replica of the set. Returns the name of the node. */
    String loseNodeOf(String set) {
        String node = sets().nodes(set).stream().sorted().toList().getFirst();
        agent(node).lose();
        lost.add(node);
        return node;
    }

    void deleteNode(String node) {
        admin().resources(LMStudioNode.class).withName(node).delete();
    }

    private void reviveNodes() {
        for (String node : lost) {
            if (admin().resources(LMStudioNode.class).withName(node).get() == null) {
                agent(node).close();
                startAgent(node);
            } else {
                agent(node).comeBack();
            }
        }
        lost.clear();
    }

    /** Deletes the ManagedModels of deleted sets, as the garbage collector of Kubernetes does. Returns all that are left. */
    List<ManagedModel> collectGarbage() {
        Set<String> owners = new HashSet<>();
        admin().resources(ManagedModelSet.class).inNamespace(namespace).list().getItems().stream()
                .map(set -> set.getMetadata().getUid())
                .forEach(owners::add);
        List<ManagedModel> all = models().all();
        all.stream()
                .filter(model -> !model.getMetadata().getOwnerReferences().isEmpty())
                .filter(model -> model.getMetadata().getOwnerReferences().stream()
                        .noneMatch(owner -> owners.contains(owner.getUid())))
                .forEach(model -> admin().resource(model).delete());
        return all;
    }

    /** Writes an EndpointSlice of the Service as another controller. Its only endpoint is not ready. */
    void writeOtherSlice(String service, String ip) {
        admin().resource(Serialization.unmarshal("""
                        apiVersion: discovery.k8s.io/v1
                        kind: EndpointSlice
                        metadata:
                          name: %1$s-other
                          namespace: %2$s
                          labels:
                            kubernetes.io/service-name: %1$s
                            endpointslice.kubernetes.io/managed-by: another-controller
                        addressType: IPv4
                        ports: [{name: http, port: 80}]
                        endpoints: [{addresses: [%3$s], conditions: {ready: false}}]
                        """.formatted(service, namespace, ip), EndpointSlice.class))
                .fieldManager(OtherSlicesAreLeftAlone.OTHER_MANAGER)
                .forceConflicts()
                .serverSideApply();
    }

    /** Removes the endpoints from the slices of the operator, as another client might do. */
    void emptyOwnSlices() {
        slices().stream()
                .filter(ControllerTestBed::isOwn)
                .map(slice -> new EndpointSliceBuilder(slice)
                        .editMetadata()
                        .withResourceVersion(null)
                        .endMetadata()
                        .withEndpoints()
                        .build())
                .forEach(slice -> admin().resource(slice).update());
    }

    @Override
    public void close() {
        controller.close();
        agents.values().forEach(ServingAgent::close);
        lmStudios.values().forEach(HttpStandIn::close);
        ClusterCleanup.remove(admin());
        proxy.close();
    }
}
