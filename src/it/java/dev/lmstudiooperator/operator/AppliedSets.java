package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetStatus;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** ManagedModelSets of one namespace, as a user applies them and as the API server returns them. */
public final class AppliedSets {

    private final KubernetesClient admin;
    private final String namespace;

    public AppliedSets(KubernetesClient admin, String namespace) {
        this.admin = admin;
        this.namespace = namespace;
    }

    /** Applies a set. The spec is given in YAML's flow style. */
    public ManagedModelSet apply(String name, String spec) {
        return admin.resource(Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModelSet
                        metadata: {name: %s, namespace: %s}
                        spec: {%s}
                        """.formatted(name, namespace, spec), ManagedModelSet.class))
                .forceConflicts()
                .serverSideApply();
    }

    public Resource<ManagedModelSet> resource(String name) {
        return admin.resources(ManagedModelSet.class).inNamespace(namespace).withName(name);
    }

    public List<ManagedModelSet> all() {
        return admin.resources(ManagedModelSet.class)
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    /** The ManagedModels with the label of the set that are not being deleted. */
    public List<ManagedModel> replicas(String name) {
        return admin
                .resources(ManagedModel.class)
                .inNamespace(namespace)
                .withLabel(ManagedModelSet.SET_LABEL, name)
                .list()
                .getItems()
                .stream()
                .filter(model -> !model.isMarkedForDeletion())
                .toList();
    }

    public List<String> nodes(String name) {
        return replicas(name).stream()
                .map(model -> String.valueOf(model.getStatus().nodeName()))
                .toList();
    }

    public ManagedModelSet await(String name, String claim, Predicate<ManagedModelSet> isSo) {
        return eventually(
                        "ManagedModelSet %s %s".formatted(name, claim),
                        Duration.ofMinutes(1),
                        () -> Optional.ofNullable(resource(name).get()),
                        set -> set.filter(isSo).isPresent())
                .orElseThrow();
    }

    /** Waits until the set is Ready in its current generation with this number of replicas. */
    public ManagedModelSet awaitReady(String name, int replicas) {
        return await(name, "is Ready with %d replicas".formatted(replicas), set -> {
            ManagedModelSetStatus status = set.getStatus();
            return set.getMetadata().getGeneration().equals(status.observedGeneration())
                    && "True"
                            .equals(condition(set, ConditionType.READY)
                                    .map(Condition::getStatus)
                                    .orElse(""))
                    && Integer.valueOf(replicas).equals(status.desiredReplicas())
                    && Integer.valueOf(replicas).equals(status.availableReplicas());
        });
    }

    /** Waits until the current generation has this reason. */
    public ManagedModelSet awaitReason(String name, String reason) {
        return await(
                name,
                "has the reason " + reason,
                set -> set.getMetadata().getGeneration().equals(set.getStatus().observedGeneration())
                        && reason.equals(reason(set)));
    }

    static Optional<Condition> condition(ManagedModelSet set, ConditionType type) {
        return StatusConditions.find(set.getStatus().conditions(), type);
    }

    static String reason(ManagedModelSet set) {
        return condition(set, ConditionType.READY).map(Condition::getReason).orElse("");
    }

    static String message(ManagedModelSet set) {
        return condition(set, ConditionType.READY).map(Condition::getMessage).orElse("");
    }

    List<String> eventsOf(String name) {
        return AppliedModels.events(admin, namespace, name).stream()
                .map(Event::getReason)
                .toList();
    }

    /** Deletes all sets, and what they own: there is no garbage collector. */
    void deleteAll() {
        admin.resources(ManagedModelSet.class).inNamespace(namespace).delete();
        eventually("no ManagedModelSet is left", this::all, List::isEmpty);
        eventually("no ManagedModel is left", this::deleteModels, List::isEmpty);
    }

    /** A controller that had not seen the deletion of a set may have created a last one. */
    private List<ManagedModel> deleteModels() {
        admin.resources(ManagedModel.class).inNamespace(namespace).delete();
        return admin.resources(ManagedModel.class).inNamespace(namespace).list().getItems();
    }
}
