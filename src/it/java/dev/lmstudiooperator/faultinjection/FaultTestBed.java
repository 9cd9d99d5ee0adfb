package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.faultinjection.proxy.ApiProxy;
import dev.lmstudiooperator.operator.AppliedModels;
import dev.lmstudiooperator.operator.ClusterCleanup;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A node with its agent, and the user actions on it. Each run has its own namespace, so that runs are independent. */
final class FaultTestBed implements AutoCloseable {

    static final Duration TIMEOUT = Duration.ofSeconds(60);

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
    private Agent agent;
    private String namespace;

    private FaultTestBed(ControlPlane controlPlane, ApiProxy proxy, SimulatorProcess lmStudio) {
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
        this.agent = new Agent(environment);
        this.namespace = "";
    }

    static FaultTestBed create(ControlPlane controlPlane, Path directory) {
        ClusterCleanup.remove(controlPlane.admin());
        ApiProxy proxy = ApiProxy.to(controlPlane.admin().getConfiguration());
        return new FaultTestBed(controlPlane, proxy, SimulatorProcess.start(directory));
    }

    /** Prepares a run: resets LM Studio, creates a namespace, and waits until the agent is ready and has observed both. */
    void reset() {
        lmStudio.reset();
        namespace = controlPlane.createNamespace("fault-injection").name();
        agent.awaitReady();
        awaitPolls();
    }

    /** Replaces the agent after a failed run, because its state is no longer reliable. */
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
