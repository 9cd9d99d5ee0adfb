package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.VerificationStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** ManagedModels of one namespace, as a user applies them and as the API server returns them. */
public final class AppliedModels {

    private final KubernetesClient admin;
    private final String namespace;

    public AppliedModels(KubernetesClient admin, String namespace) {
        this.admin = admin;
        this.namespace = namespace;
    }

    String namespace() {
        return namespace;
    }

    /** The ManagedModelSets of the namespace. */
    AppliedSets sets() {
        return new AppliedSets(admin, namespace);
    }

    /** Applies a ManagedModel with this name. The rest of the spec is given in YAML's flow style. */
    public ManagedModel apply(String name, String spec) {
        return admin.resource(Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModel
                        metadata: {name: %s, namespace: %s}
                        spec: {%s}
                        """.formatted(name, namespace, spec), ManagedModel.class))
                .forceConflicts()
                .serverSideApply();
    }

    /** Applies a ManagedModel and waits until it is ready. */
    ManagedModel applyAndAwaitReady(String name, String spec) {
        apply(name, spec);
        return awaitReady(name);
    }

    /** Applies a ManagedModel and waits until it has a node. */
    ManagedModel applyAndAwaitScheduled(String name, String spec) {
        apply(name, spec);
        return await(name, "is scheduled", model -> model.getStatus().nodeName() != null);
    }

    /** Applies a ManagedModel and waits until it is ready and its status counts one load. */
    ManagedModel applyAndAwaitLoad(String name, String spec) {
        apply(name, spec);
        return awaitReadyAfterLoads(name, 1);
    }

    public ManagedModel awaitReady(String name) {
        return await(name, "is ready", model -> "True".equals(condition(model, "Ready")));
    }

    ManagedModel awaitReason(String name, String reason) {
        return await(name, "has the reason " + reason, model -> reason.equals(reason(model)));
    }

    /**
     * Schedules a model as if the controller had, although another one on the node has its identifier. Two controllers can do
     * so within a moment, and earlier releases always did.
     */
    public void scheduleDespiteConflict(String name, String node) {
        awaitReason(name, "NoMatchingNode");
        resource(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"nodeName\":\"%s\"}}".formatted(node));
    }

    /** Waits for the reason, with which the condition Ready is Unknown. */
    ManagedModel awaitUnknown(String name, String reason) {
        ManagedModel model = awaitReason(name, reason);
        assertThat(condition(model, "Ready")).isEqualTo("Unknown");
        return model;
    }

    /** Waits for the reason, with which the condition Stalled is True. */
    ManagedModel awaitStalled(String name, String reason) {
        ManagedModel model = awaitReason(name, reason);
        assertThat(condition(model, "Stalled")).isEqualTo("True");
        return model;
    }

    /** Waits until the model is ready and its status counts this number of loads. */
    ManagedModel awaitReadyAfterLoads(String name, int loads) {
        return await(
                name,
                "is ready after %d loads".formatted(loads),
                model -> "True".equals(condition(model, "Ready"))
                        && Integer.valueOf(loads).equals(model.getStatus().loads()));
    }

    /** Waits until the status reports a verification of this generation of the spec. */
    public ManagedModel awaitVerified(String name, long generation) {
        return await(
                name,
                "is verified in generation " + generation,
                model -> isObserved(model, generation) && "Verified".equals(reason(model)));
    }

    static boolean isObserved(ManagedModel model, long generation) {
        return Objects.equals(model.getMetadata().getGeneration(), generation)
                && Objects.equals(model.getStatus().observedGeneration(), generation);
    }

    public ManagedModel await(String name, String claim, Predicate<ManagedModel> isSo) {
        return eventually(
                        name + " " + claim,
                        () -> Optional.ofNullable(resource(name).get()),
                        model -> model.filter(isSo).isPresent())
                .orElseThrow();
    }

    public void annotate(String name, String annotation, String value) {
        edit(resource(name), model -> {
            model.getMetadata().getAnnotations().put(annotation, value);
            return model;
        });
    }

    public List<ManagedModel> all() {
        return admin.resources(ManagedModel.class).inNamespace(namespace).list().getItems();
    }

    Watch watch(Watcher<ManagedModel> watcher) {
        return admin.resources(ManagedModel.class).inNamespace(namespace).watch(watcher);
    }

    void deleteAll() {
        admin.resources(ManagedModel.class).inNamespace(namespace).delete();
        eventually("no ManagedModel is left", this::all, List::isEmpty);
    }

    void deleteAndAwaitGone(String name) {
        resource(name).delete();
        awaitGone(name);
    }

    public void awaitGone(String name) {
        eventually(name + " is gone", () -> Optional.ofNullable(resource(name).get()), Optional::isEmpty);
    }

    /** All ManagedModels and events that the API server returns, as YAML. */
    String modelsAndEvents() {
        return Serialization.asYaml(all())
                + Serialization.asYaml(admin.events()
                        .v1()
                        .events()
                        .inNamespace(namespace)
                        .list()
                        .getItems());
    }

    /** The reasons of its events, in the order of their first occurrence. */
    List<String> eventsOf(String name) {
        return events(name).stream().map(Event::getReason).toList();
    }

    /** Waits until an event of the model has this reason. Returns the reasons of its events. */
    List<String> awaitEvent(String name, String reason) {
        return eventually(
                "%s has an event with reason %s".formatted(name, reason),
                () -> eventsOf(name),
                reasons -> reasons.contains(reason));
    }

    /** The events of a ManagedModel, in the order of their first occurrence. */
    List<Event> events(String name) {
        return events(admin, namespace, name);
    }

    static List<Event> events(KubernetesClient admin, String namespace, String name) {
        return admin.events().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> name.equals(event.getRegarding().getName()))
                .sorted(Comparator.comparing(event -> event.getEventTime().getTime()))
                .toList();
    }

    public Resource<ManagedModel> resource(String name) {
        return admin.resources(ManagedModel.class).inNamespace(namespace).withName(name);
    }

    public static @Nullable String condition(ManagedModel model, String type) {
        Condition condition = find(model, type);
        return condition == null ? null : condition.getStatus();
    }

    public static @Nullable String reason(ManagedModel model) {
        Condition ready = find(model, "Ready");
        return ready == null ? null : ready.getReason();
    }

    static String message(ManagedModel model) {
        Condition ready = find(model, "Ready");
        return ready == null ? "" : ready.getMessage();
    }

    static VerificationStatus verification(ManagedModel model) {
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
}
