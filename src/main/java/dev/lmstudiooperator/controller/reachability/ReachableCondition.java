package dev.lmstudiooperator.controller.reachability;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Writes the condition {@code Reachable} of LMStudioNodes, by server-side apply and only if it differs. */
final class ReachableCondition {

    /** Differs from the manager of the other conditions, so that each apply carries only this one. */
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("lmstudio-operator-reachability")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final InstantSource wall;

    ReachableCondition(KubernetesClient client, InstantSource wall) {
        this.client = client;
        this.wall = wall;
    }

    static Optional<Condition> of(LMStudioNode node) {
        return StatusConditions.find(status(node).conditions(), ConditionType.REACHABLE);
    }

    /** Does nothing before the first result. */
    void write(LMStudioNode node, TrackedNode tracked) {
        condition(node, tracked)
                .filter(condition -> !Optional.of(condition).equals(of(node)))
                .ifPresent(condition -> apply(node, List.of(condition)));
    }

    /** Removes the condition from a node that no Service uses. */
    void remove(LMStudioNode node) {
        if (of(node).isPresent()) {
            apply(node, List.of());
        }
    }

    private Optional<Condition> condition(LMStudioNode node, TrackedNode tracked) {
        return switch (tracked.address()) {
            case NodeAddress.Unknown unknown -> Optional.empty();
            case NodeAddress.Unusable unusable ->
                Optional.of(condition(node, ConditionStatus.FALSE, Reason.ADDRESS_NOT_USABLE, unusable.why()));
            case NodeAddress.Unresolved unresolved ->
                Optional.of(condition(node, ConditionStatus.FALSE, Reason.ADDRESS_NOT_RESOLVED, unresolved.why()));
            case NodeAddress.Usable usable when tracked.probes().isReachable() == null -> Optional.empty();
            case NodeAddress.Usable usable
            when tracked.isReachable() ->
                Optional.of(condition(
                        node,
                        ConditionStatus.TRUE,
                        Reason.PROBE_SUCCEEDED,
                        "The controller reaches LM Studio at %s".formatted(tracked.apiAddress())));
            case NodeAddress.Usable usable ->
                Optional.of(condition(
                        node,
                        ConditionStatus.FALSE,
                        Reason.PROBE_FAILED,
                        "The controller does not reach LM Studio at %s: %s. Check the address, firewalls and network policies"
                                .formatted(tracked.apiAddress(), tracked.detail())));
        };
    }

    private Condition condition(LMStudioNode node, ConditionStatus truth, Reason reason, String message) {
        return new StatusConditions.Setter(
                        status(node).conditions(),
                        requireNonNullElse(node.getMetadata().getGeneration(), 0L),
                        wall.instant())
                .condition(ConditionType.REACHABLE, truth, reason, message);
    }

    /** The UID prevents the creation of a node that was deleted. */
    private void apply(LMStudioNode node, List<Condition> conditions) {
        LMStudioNode applied = new LMStudioNode();
        applied.initNameAndNamespaceFrom(node);
        applied.getMetadata().setUid(node.getMetadata().getUid());
        applied.setStatus(LMStudioNodeStatus.ofConditions(conditions));
        client.resource(applied).subresource("status").patch(APPLY);
    }

    private static LMStudioNodeStatus status(LMStudioNode node) {
        return requireNonNullElse(node.getStatus(), LMStudioNodeStatus.UNOBSERVED);
    }
}
