package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.simulator.Journal;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** One node: a simulated LM Studio, and the operator in role {@code all} with its own service account. */
public final class OperatorFixture implements AutoCloseable {

    /** Configuration for tests that observe a failure before the retry. */
    static final String FAILURES_LAST = "LMSTUDIO_OPERATOR_RETRY_DELAY=2s";

    private final KubernetesClient admin;
    private final AppliedModels models;
    private final Map<String, String> environment;
    private final SimulatorProcess lmStudio;
    private OperatorProcess operator;

    private OperatorFixture(
            KubernetesClient admin, AppliedModels models, SimulatorProcess lmStudio, Map<String, String> environment) {
        this.admin = admin;
        this.models = models;
        this.lmStudio = lmStudio;
        this.environment = environment;
        this.operator = OperatorProcess.launch(environment);
    }

    static OperatorFixture start(ControlPlane controlPlane, String namespace, Path directory) {
        return start(controlPlane, namespace, directory, Map.of());
    }

    /** Starts the fixture with additional configuration of the operator. */
    static OperatorFixture start(
            ControlPlane controlPlane, String namespace, Path directory, Map<String, String> configuration) {
        ClusterCleanup.remove(controlPlane.admin());
        SimulatorProcess lmStudio = SimulatorProcess.start(directory);
        String node = nodeOf(namespace);
        Map<String, String> environment = OperatorProcess.environmentFor(lmStudio);
        environment.putAll(Map.of(
                "KUBECONFIG",
                controlPlane.kubeconfigFor(Account.allOn(node)).toString(),
                "LMSTUDIO_OPERATOR_NODE_NAME",
                node,
                "LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL",
                "200ms",
                "LMSTUDIO_OPERATOR_RETRY_DELAY",
                "100ms",
                "LMSTUDIO_OPERATOR_RETRY_JITTER",
                "10ms",
                "LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_FAILURE_THRESHOLD",
                "100"));
        environment.putAll(configuration);
        KubernetesClient admin = controlPlane.admin();
        return new OperatorFixture(admin, new AppliedModels(admin, namespace), lmStudio, environment);
    }

    static String nodeOf(String namespace) {
        return "node-of-" + namespace;
    }

    /** Returns the configuration with which the operator of this namespace reaches the API server through the proxy. */
    static Map<String, String> through(TcpProxy proxy, ControlPlane controlPlane, String namespace) {
        Account account = Account.allOn(nodeOf(namespace));
        return Map.of("KUBECONFIG", controlPlane.kubeconfigFor(account, proxy).toString());
    }

    public SimulatorProcess lmStudio() {
        return lmStudio;
    }

    /** All calls, loads and other effects in LM Studio. */
    Journal journal() {
        return lmStudio.journal();
    }

    public OperatorProcess operator() {
        return operator;
    }

    public String nodeName() {
        return Objects.requireNonNull(environment.get("LMSTUDIO_OPERATOR_NODE_NAME"));
    }

    /** Waits for the LMStudioNode. Without it, the controller cannot schedule anything to the node. */
    void awaitNode() {
        awaitNode("has conditions", node -> Optional.ofNullable(node.getStatus())
                .map(LMStudioNodeStatus::conditions)
                .isPresent());
    }

    LMStudioNode awaitNode(String claim, Predicate<LMStudioNode> isSo) {
        return nodes().await(nodeName(), claim, isSo);
    }

    Resource<LMStudioNode> node() {
        return nodes().resource(nodeName());
    }

    /** The LMStudioNodes as the API server returns them. */
    ReportedNodes nodes() {
        return new ReportedNodes(admin);
    }

    public String namespace() {
        return models.namespace();
    }

    /** Starts another operator with this configuration and the given differences. The caller closes it. */
    OperatorProcess launchBeside(Map<String, String> differences) {
        Map<String, String> other = new HashMap<>(environment);
        other.putAll(differences);
        return OperatorProcess.launch(other);
    }

    /** Kills the operator and starts another one. */
    void restartOperator() {
        restartOperatorAfter(() -> {});
    }

    /**
     * Kills the operator, runs the action, and starts another operator. It removes the Lease of the dead controller, so that
     * no test waits for it.
     */
    void restartOperatorAfter(Runnable meanwhile) {
        operator.kill();
        ClusterCleanup.removeLeaseOfController(admin);
        meanwhile.run();
        operator = OperatorProcess.launch(environment).awaitWatching();
    }

    /** Applies a ManagedModel with this name. The rest of the spec is given in YAML's flow style. */
    public ManagedModel apply(String name, String spec) {
        return models.apply(name, spec);
    }

    public ManagedModel applyAndAwaitReady(String name, String spec) {
        return models.applyAndAwaitReady(name, spec);
    }

    public ManagedModel applyAndAwaitLoad(String name, String spec) {
        return models.applyAndAwaitLoad(name, spec);
    }

    public ManagedModel awaitReady(String name) {
        return models.awaitReady(name);
    }

    ManagedModel awaitReason(String name, String reason) {
        return models.awaitReason(name, reason);
    }

    ManagedModel awaitUnknown(String name, String reason) {
        return models.awaitUnknown(name, reason);
    }

    ManagedModel awaitStalled(String name, String reason) {
        return models.awaitStalled(name, reason);
    }

    public ManagedModel awaitReadyAfterLoads(String name, int loads) {
        return models.awaitReadyAfterLoads(name, loads);
    }

    ManagedModel awaitVerified(String name, long generation) {
        return models.awaitVerified(name, generation);
    }

    ManagedModel await(String name, String claim, Predicate<ManagedModel> isSo) {
        return models.await(name, claim, isSo);
    }

    void annotate(String name, String annotation, String value) {
        models.annotate(name, annotation, value);
    }

    void deleteAndAwaitGone(String name) {
        models.deleteAndAwaitGone(name);
    }

    void awaitGone(String name) {
        models.awaitGone(name);
    }

    List<String> awaitEvent(String name, String reason) {
        return models.awaitEvent(name, reason);
    }

    List<String> eventsOf(String name) {
        return models.eventsOf(name);
    }

    Resource<ManagedModel> resource(String name) {
        return models.resource(name);
    }

    /** The ManagedModels as the API server returns them. */
    AppliedModels models() {
        return models;
    }

    /** The Services of the namespace. */
    public AppliedServices services() {
        return new AppliedServices(admin, namespace());
    }

    /** The ManagedModelSets of the namespace. */
    public AppliedSets sets() {
        return models.sets();
    }

    /**
     * Revokes the faults, deletes all ManagedModels, verifies the general invariants, and resets LM Studio. If the test left
     * an instance, waits until the agent lists the instances again, so that the next test does not start with it.
     */
    void tidyUp() {
        lmStudio.revokeFaults();
        models.deleteAll();
        Journal journal = journal();
        assertThat(journal.calls("load")).allSatisfy(call -> assertThat(call.argv())
                .contains("--yes", "--local")
                .anyMatch(argument -> argument.matches("--ttl=[1-9][0-9]*"))
                .anyMatch(argument -> argument.startsWith("--identifier=")));
        assertThat(journal.mostMutationsAtOnce()).isLessThanOrEqualTo(1);
        assertThat(journal.mostLoadsAtOnce()).isLessThanOrEqualTo(1);
        boolean leavesInstance = lmStudio.instances().stream()
                .anyMatch(instance -> instance.deviceIdentifier().isEmpty());
        lmStudio.reset();
        if (leavesInstance) {
            lmStudio.awaitCalls("ps", 1);
        }
    }

    @Override
    public void close() {
        operator.close();
        lmStudio.close();
    }
}
