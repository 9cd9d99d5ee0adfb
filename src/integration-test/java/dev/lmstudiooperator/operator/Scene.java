package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.InstanceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.VerificationStatus;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.simulator.Journal;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One node: a simulated LM Studio, and the operator in role {@code all} beside it, as its own service account. */
final class Scene implements AutoCloseable {

    private final KubernetesClient admin;
    private final String namespace;
    private final Map<String, String> environment;
    private final SimulatorProcess lmStudio;
    private OperatorProcess operator;

    private Scene(
            KubernetesClient admin, String namespace, SimulatorProcess lmStudio, Map<String, String> environment) {
        this.admin = admin;
        this.namespace = namespace;
        this.lmStudio = lmStudio;
        this.environment = environment;
        this.operator = OperatorProcess.launch(environment);
    }

    static Scene start(ControlPlane controlPlane, String namespace, Path directory) {
        return start(controlPlane, namespace, directory, Map.of());
    }

    /** The same with more configuration of the operator. */
    static Scene start(ControlPlane controlPlane, String namespace, Path directory, Map<String, String> configuration) {
        SimulatorProcess lmStudio = SimulatorProcess.start(directory);
        String node = nodeOf(namespace);
        Map<String, String> environment = new HashMap<>(Map.of(
                "KUBECONFIG", controlPlane.kubeconfigFor(Account.allOn(node)).toString(),
                "LMSTUDIO_OPERATOR_NODE_NAME", node,
                "LMSTUDIO_OPERATOR_LMS_PATH", lmStudio.lmsExecutable().toString(),
                "LMSTUDIO_OPERATOR_LMS_HOME", lmStudio.home().toString(),
                "LMSTUDIO_OPERATOR_HTTP_URL", lmStudio.httpUrl().toString(),
                "LMSTUDIO_OPERATOR_OBSERVE_GLANCE_PERIOD", "200ms"));
        environment.putAll(configuration);
        return new Scene(controlPlane.admin(), namespace, lmStudio, environment);
    }

    static String nodeOf(String namespace) {
        return "node-of-" + namespace;
    }

    SimulatorProcess lmStudio() {
        return lmStudio;
    }

    OperatorProcess operator() {
        return operator;
    }

    String nodeName() {
        return Objects.requireNonNull(environment.get("LMSTUDIO_OPERATOR_NODE_NAME"));
    }

    /** Another operator, configured like this one but for what is given. Whoever asked for it closes it. */
    OperatorProcess launchBeside(Map<String, String> differences) {
        Map<String, String> other = new HashMap<>(environment);
        other.putAll(differences);
        return OperatorProcess.launch(other);
    }

    /** Kills the operator and starts another one. */
    void restartOperator() {
        restartOperatorAfter(() -> {});
    }

    /** The same; something happens while no operator runs. */
    void restartOperatorAfter(Runnable meanwhile) {
        operator.kill();
        meanwhile.run();
        operator = OperatorProcess.launch(environment).awaitReady();
    }

    /** Applies a ManagedModel of that name; the rest of the spec is given in YAML's flow style. */
    ManagedModel apply(String name, String spec) {
        return admin.resource(Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModel
                        metadata: {name: %s, namespace: %s}
                        spec: {%s}
                        """.formatted(name, namespace, spec), ManagedModel.class))
                .forceConflicts()
                .serverSideApply();
    }

    ManagedModel awaitReady(String name) {
        return await(name, "is ready", model -> "True".equals(condition(model, "Ready")));
    }

    ManagedModel awaitReason(String name, String reason) {
        return await(name, "has the reason " + reason, model -> reason.equals(reason(model)));
    }

    /** Ready, and the operator counts this many loads. */
    ManagedModel awaitReadyAfterLoads(String name, int loads) {
        return await(
                name,
                "is ready after %d loads".formatted(loads),
                model -> "True".equals(condition(model, "Ready"))
                        && Integer.valueOf(loads).equals(model.getStatus().loads()));
    }

    /** What is proven is what this generation of the spec asks for. */
    ManagedModel awaitVerified(String name, long generation) {
        return await(
                name,
                "is verified in generation " + generation,
                model -> isObserved(model, generation) && "Verified".equals(reason(model)));
    }

    static boolean isObserved(ManagedModel model, long generation) {
        return Objects.equals(model.getMetadata().getGeneration(), generation)
                && Objects.equals(model.getStatus().observedGeneration(), generation);
    }

    ManagedModel await(String name, String claim, Predicate<ManagedModel> isSo) {
        return eventually(
                        name + " " + claim,
                        () -> Optional.ofNullable(resource(name).get()),
                        model -> model.filter(isSo).isPresent())
                .orElseThrow();
    }

    void annotate(String name, String annotation, String value) {
        resource(name).edit(model -> {
            model.getMetadata().getAnnotations().put(annotation, value);
            return model;
        });
    }

    List<ManagedModel> models() {
        return admin.resources(ManagedModel.class).inNamespace(namespace).list().getItems();
    }

    void deleteAll() {
        admin.resources(ManagedModel.class).inNamespace(namespace).delete();
        eventually("no ManagedModel is left", this::models, List::isEmpty);
    }

    /** Deletes everything, judges what must hold in every test, and resets LM Studio. */
    void tidyUp() {
        deleteAll();
        Journal journal = lmStudio.journal();
        assertThat(journal.calls("load")).allSatisfy(call -> assertThat(call.argv())
                .contains("--yes", "--local")
                .anyMatch(argument -> argument.matches("--ttl=[1-9][0-9]*"))
                .anyMatch(argument -> argument.startsWith("--identifier=")));
        assertThat(journal.mostMutationsAtOnce()).isLessThanOrEqualTo(1);
        assertThat(journal.mostLoadsAtOnce()).isLessThanOrEqualTo(1);
        lmStudio.reset();
    }

    void deleteAndAwaitGone(String name) {
        resource(name).delete();
        awaitGone(name);
    }

    void awaitGone(String name) {
        eventually(name + " is gone", () -> Optional.ofNullable(resource(name).get()), Optional::isEmpty);
    }

    /** All that the API server would tell anybody: ManagedModels and events, as YAML. */
    String everythingTold() {
        return Serialization.asYaml(models())
                + Serialization.asYaml(admin.events()
                        .v1()
                        .events()
                        .inNamespace(namespace)
                        .list()
                        .getItems());
    }

    /** The reasons of its events, in the order in which they happened. */
    List<String> eventsOf(String name) {
        return admin.events().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> name.equals(event.getRegarding().getName()))
                .sorted(Comparator.comparing(event -> event.getEventTime().getTime()))
                .map(Event::getReason)
                .toList();
    }

    Resource<ManagedModel> resource(String name) {
        return admin.resources(ManagedModel.class).inNamespace(namespace).withName(name);
    }

    static @Nullable String condition(ManagedModel model, String type) {
        Condition condition = find(model, type);
        return condition == null ? null : condition.getStatus();
    }

    static @Nullable String reason(ManagedModel model) {
        Condition ready = find(model, "Ready");
        return ready == null ? null : ready.getReason();
    }

    static String message(ManagedModel model) {
        Condition ready = find(model, "Ready");
        return ready == null ? "" : ready.getMessage();
    }

    static VerificationStatus proof(ManagedModel model) {
        return requireNonNull(model.getStatus().verification(), "a verification in the status");
    }

    static InstanceStatus instance(ManagedModel model) {
        return requireNonNull(model.getStatus().instance(), "an instance in the status");
    }

    static ConvergenceStatus convergence(ManagedModel model) {
        return requireNonNull(model.getStatus().convergence(), "a convergence in the status");
    }

    private static @Nullable Condition find(ManagedModel model, String type) {
        List<Condition> conditions = model.getStatus().conditions();
        return conditions == null
                ? null
                : conditions.stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst()
                        .orElse(null);
    }

    @Override
    public void close() {
        operator.close();
        lmStudio.close();
    }
}
