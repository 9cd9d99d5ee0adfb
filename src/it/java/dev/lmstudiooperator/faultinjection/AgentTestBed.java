package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.faultinjection.invariant.Evidence;
import dev.lmstudiooperator.faultinjection.invariant.Invariants;
import dev.lmstudiooperator.faultinjection.proxy.ApiProxy;
import dev.lmstudiooperator.faultinjection.proxy.TrafficPolicy;
import dev.lmstudiooperator.operator.AppliedModels;
import dev.lmstudiooperator.operator.ClusterCleanup;
import dev.lmstudiooperator.simulator.Journal;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A node with its agent, and the user actions on it. The suite schedules ManagedModels, as a controller does. */
final class AgentTestBed implements TestBed {

    /** Timeout of a call. It is long, because calls take simulated time, which a test advances. */
    private static final String CALL_TIMEOUT = "6s";

    private static final String NODE = "fault-injection-node";
    private static final PatchContext AS_CONTROLLER = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("lmstudio-operator-controller")
            .withForce(true)
            .build();

    private final ControlPlane controlPlane;
    private final ApiProxy proxy;
    private final SimulatorProcess lmStudio;
    private final Map<String, String> environment;
    private TestedOperator agent;
    private String namespace;

    private AgentTestBed(ControlPlane controlPlane, ApiProxy proxy, SimulatorProcess lmStudio) {
        this.controlPlane = controlPlane;
        this.proxy = proxy;
        this.lmStudio = lmStudio;
        this.environment = new HashMap<>(Map.of(
                "KUBECONFIG",
                controlPlane
                        .kubeconfigFor(Account.agentOn(NODE), URI.create("http://127.0.0.1:" + proxy.port()))
                        .toString(),
                "LMSTUDIO_OPERATOR_ROLE",
                "agent",
                "LMSTUDIO_OPERATOR_NODE_NAME",
                NODE,
                "LMSTUDIO_OPERATOR_LMS_PATH",
                lmStudio.lmsExecutable().toString(),
                "LMSTUDIO_OPERATOR_LMS_HOME",
                lmStudio.home().toString(),
                "LMSTUDIO_OPERATOR_LMS_TERMINATION_GRACE_PERIOD",
                "1s",
                "LMSTUDIO_OPERATOR_HTTP_URL",
                lmStudio.httpUrl().toString(),
                "LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL",
                "200ms"));
        List.of("LOAD", "UNLOAD", "DOWNLOAD")
                .forEach(call -> environment.put("LMSTUDIO_OPERATOR_LMS_%s_TIMEOUT".formatted(call), CALL_TIMEOUT));
        this.agent = new TestedOperator(environment, () -> {});
        this.namespace = "";
    }

    static AgentTestBed create(ControlPlane controlPlane, Path directory) {
        ClusterCleanup.remove(controlPlane.admin());
        ApiProxy proxy = ApiProxy.to(controlPlane.admin().getConfiguration());
        return new AgentTestBed(controlPlane, proxy, SimulatorProcess.start(directory));
    }

    /** Also resets LM Studio, and waits until the agent has observed that. */
    @Override
    public void reset() {
        lmStudio.reset();
        namespace = controlPlane.createNamespace("fault-injection").name();
        agent.awaitReady();
        awaitPolls();
    }

    @Override
    public void replaceOperator() {
        agent.kill();
        ClusterCleanup.remove(admin());
        agent = new TestedOperator(environment, () -> {});
    }

    KubernetesClient admin() {
        return controlPlane.admin();
    }

    String namespace() {
        return namespace;
    }

    SimulatorProcess lmStudio() {
        return lmStudio;
    }

    @Override
    public TestedOperator operator() {
        return agent;
    }

    @Override
    public VersionRecorder record() {
        return new VersionRecorder(admin(), namespace, List.of(ManagedModel.class));
    }

    @Override
    public Journal journal() {
        return lmStudio.journal();
    }

    @Override
    public void act(Plan plan, FaultInjector injector) {
        SlowCalls calls = SlowCalls.watch(this, injector, plan.hasFaultAt(FaultType.Point.CALL));
        try {
            proxy.setPolicy(injector);
            plan.scenario().act(this);
        } finally {
            proxy.setPolicy(TrafficPolicy.PASS_THROUGH);
            calls.close();
        }
    }

    @Override
    public void settle() {
        awaitPolls();
    }

    @Override
    public String endState() {
        return EndState.of(this);
    }

    /** Deletes all ManagedModels. The agent must always remove their finalizers. */
    @Override
    public void cleanUp() {
        models().all().forEach(model -> delete(model.getMetadata().getName()));
        models().all().forEach(model -> awaitDeleted(model.getMetadata().getName()));
    }

    @Override
    public List<String> violations(Evidence evidence) {
        return Invariants.ofAgents(evidence);
    }

    AppliedModels models() {
        return new AppliedModels(admin(), namespace);
    }

    /**
     * Applies a ManagedModel and schedules it to the node, as the controller does. The spec is given in YAML's flow style.
     */
    void apply(String name, String spec) {
        ManagedModel applied = models().apply(name, spec);
        if (applied.getStatus().nodeName() == null) {
            admin().resource(Serialization.unmarshal("""
                            apiVersion: lmstudio-operator.dev/v1alpha1
                            kind: ManagedModel
                            metadata: {name: %s, namespace: %s}
                            status:
                              nodeName: %s
                              conditions:
                              - {type: Scheduled, status: "True", reason: Bound, message: "", observedGeneration: 1, lastTransitionTime: "2026-01-01T00:00:00Z"}
                            """.formatted(name, namespace, NODE), ManagedModel.class))
                    .subresource("status")
                    .patch(AS_CONTROLLER);
        }
    }

    void delete(String name) {
        models().resource(name).delete();
    }

    void awaitReason(String name, String... reasons) {
        await(name, "has a reason of " + String.join(", ", reasons), model -> Arrays.asList(reasons)
                .contains(AppliedModels.reason(model)));
    }

    void awaitVerified(String name, long generation) {
        await(
                name,
                "is verified in generation " + generation,
                model -> "Verified".equals(AppliedModels.reason(model))
                        && Long.valueOf(generation).equals(model.getStatus().observedGeneration()));
    }

    void await(String name, String description, Predicate<ManagedModel> condition) {
        eventually(
                name + " " + description,
                TIMEOUT,
                () -> Optional.ofNullable(models().resource(name).get()),
                model -> model.filter(condition).isPresent());
    }

    void awaitDeleted(String name) {
        eventually(
                name + " is deleted",
                TIMEOUT,
                () -> Optional.ofNullable(models().resource(name).get()),
                Optional::isEmpty);
    }

    /** Waits until the current agent process has observed LM Studio several times. */
    void awaitPolls() {
        int before = polls();
        eventually("the agent polls LM Studio", TIMEOUT, this::polls, now -> now > before + 2);
    }

    private int polls() {
        return (int) lmStudio.journal().http().stream()
                .filter(request -> request.request().equals("GET /api/v1/models"))
                .count();
    }

    @Override
    public void close() {
        agent.close();
        lmStudio.close();
        proxy.close();
    }
}
