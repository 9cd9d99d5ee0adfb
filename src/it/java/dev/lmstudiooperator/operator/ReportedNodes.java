package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * LMStudioNodes as the API server returns them.
 *
 * @param admin a client with all permissions
 */
record ReportedNodes(KubernetesClient admin) {

    Resource<LMStudioNode> resource(String name) {
        return admin.resources(LMStudioNode.class).withName(name);
    }

    LMStudioNode await(String name, String claim, Predicate<LMStudioNode> isSo) {
        return eventually(
                        "LMStudioNode %s %s".formatted(name, claim),
                        () -> Optional.ofNullable(resource(name).get()),
                        node -> node.filter(isSo).isPresent())
                .orElseThrow();
    }

    /** Waits until the condition Ready has this status and this reason. */
    LMStudioNode await(String name, String status, String reason) {
        return await(name, "is Ready=%s with reason %s".formatted(status, reason), node -> ready(node)
                .filter(condition -> condition.getStatus().equals(status)
                        && condition.getReason().equals(reason))
                .isPresent());
    }

    /** Waits until an event of the node has this reason. */
    void awaitEvent(String name, String reason) {
        eventually(
                "LMStudioNode %s has an event with reason %s".formatted(name, reason),
                () -> events(name).stream().map(Event::getReason).toList(),
                reasons -> reasons.contains(reason));
    }

    /** The events of the node, in the order of their first occurrence. */
    List<Event> events(String name) {
        return AppliedModels.events(admin, "default", name).stream()
                .filter(event -> "LMStudioNode".equals(event.getRegarding().getKind()))
                .toList();
    }

    /** The condition Ready; empty if there is none yet. */
    static Optional<Condition> ready(LMStudioNode node) {
        return Optional.ofNullable(node.getStatus())
                .flatMap(status -> StatusConditions.find(status.conditions(), ConditionType.READY));
    }

    /** The reason of the condition Ready; empty if there is none yet. */
    static String reason(LMStudioNode node) {
        return ready(node).map(Condition::getReason).orElse("");
    }
}
