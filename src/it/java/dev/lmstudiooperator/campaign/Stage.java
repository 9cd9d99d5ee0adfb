package dev.lmstudiooperator.campaign;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.campaign.proxy.ApiProxy;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.operator.AppliedModels;
import dev.lmstudiooperator.operator.ClusterCleanup;
import dev.lmstudiooperator.operator.OperatorProcess;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A node with its agent, and the user actions on it. Each run has a namespace of its own, so that nothing is left over. */
final class Stage implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Timeout of a call. It is long, because calls take simulated time, which a test advances. */
    private static final String UNTIL_A_CALL_HANGS = "6s";

    private static final String NODE = "campaign-node";
    private static final PatchContext AS_CONTROLLER = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("lmstudio-operator-controller")
            .withForce(true)
            .build();

    private final ControlPlane controlPlane;
    private final ApiProxy proxy;
    private final SimulatorProcess lmStudio;
    private final Map<String, String> environment;
    private Agent agent;
    private String namespace;

    private Stage(ControlPlane controlPlane, ApiProxy proxy, SimulatorProcess lmStudio) {
        this.controlPlane = controlPlane;
        this.proxy = proxy;
        this.lmStudio = lmStudio;
        this.environment = OperatorProcess.environmentFor(lmStudio);
        environment.putAll(Map.of(
                "KUBECONFIG",
                controlPlane
                        .kubeconfigFor(Account.agentOn(NODE), URI.create("http://127.0.0.1:" + proxy.port()))
                        .toString(),
                "LMSTUDIO_OPERATOR_ROLE",
                "agent",
                "LMSTUDIO_OPERATOR_NODE_NAME",
                NODE,
                "LMSTUDIO_OPERATOR_LMS_TERMINATION_GRACE_PERIOD",
                "1s",
                "LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL",
                "200ms"));
        List.of("LOAD", "UNLOAD", "DOWNLOAD")
                .forEach(call ->
                        environment.put("LMSTUDIO_OPERATOR_LMS_%s_TIMEOUT".formatted(call), UNTIL_A_CALL_HANGS));
        this.agent = new Agent(environment);
        this.namespace = "";
    }

    static Stage set(ControlPlane controlPlane, Path directory) {
        ClusterCleanup.remove(controlPlane.admin());
        ApiProxy proxy = ApiProxy.before(controlPlane.admin().getConfiguration());
        return new Stage(controlPlane, proxy, SimulatorProcess.start(directory));
    }

    /** Begins a run with a reset LM Studio, an unused namespace, and an agent that is ready and has observed both. */
    void begin() {
        lmStudio.reset();
        namespace = controlPlane.createNamespace("campaign").name();
        agent.awaitReady();
        awaitLooks();
    }

    /** Replaces the agent after a failed run, because its state is not reliable any more. */
    void replaceAgent() {
        agent.kill();
        ClusterCleanup.remove(admin());
        agent = new Agent(environment);
    }

    KubernetesClient admin() {
        return controlPlane.admin();
    }

    String namespace() {
        return namespace;
    }

    ApiProxy proxy() {
        return proxy;
    }

    SimulatorProcess lmStudio() {
        return lmStudio;
    }

    Agent agent() {
        return agent;
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

    void await(String name, String claim, Predicate<ManagedModel> isSo) {
        eventually(
                name + " " + claim,
                PATIENCE,
                () -> Optional.ofNullable(models().resource(name).get()),
                model -> model.filter(isSo).isPresent());
    }

    void awaitGone(String name) {
        eventually(
                name + " is gone",
                PATIENCE,
                () -> Optional.ofNullable(models().resource(name).get()),
                Optional::isEmpty);
    }

    /** Waits until the current agent process has observed LM Studio several times. */
    void awaitLooks() {
        int before = glances();
        eventually("the agent polls LM Studio", PATIENCE, this::glances, now -> now > before + 2);
    }

    private int glances() {
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
