package dev.lmstudiooperator.controller.nodelifecycle;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides the action for one ManagedModel from the state of its node. The first rule that matches decides.
 *
 * <p>No message contains a time. A new leader would have another time for the last heartbeat, and would write every
 * status again.
 */
public final class LostNodePolicy {

    /** One rule of the policy. An empty result leaves the decision to the following rules. */
    private interface Rule {
        Optional<LostNodeAction> decide(ManagedModel model, NodeState node);
    }

    private static final List<Rule> RULES = List.of(
            // A ManagedModel without a node has lost none.
            LostNodePolicy::leaveWhatIsNotBound,
            // A live agent reports the status itself.
            LostNodePolicy::leaveWhatHasAnAgent,
            LostNodePolicy::leaveWhatMayHaveAnAgent,
            // A deleted ManagedModel waits for verification of its unload, as long as verification is possible.
            LostNodePolicy::leaveWhatTheAgentDoesNotHold,
            LostNodePolicy::releaseWhoseNodeIsGone,
            LostNodePolicy::releaseByForce,
            // A deleted node is replaced by another one, if the spec allows it.
            LostNodePolicy::awaitThePinnedNode,
            LostNodePolicy::bindAnew,
            // If the state of the model is unknown, the status reports that.
            LostNodePolicy::tellHowToRelease,
            LostNodePolicy::takeOver);

    private LostNodePolicy() {}

    public static LostNodeAction decide(ManagedModel model, NodeState node) {
        return RULES.stream()
                .flatMap(rule -> rule.decide(model, node).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No rule decides about " + model + " on a node " + node));
    }

    private static Optional<LostNodeAction> leaveWhatIsNotBound(ManagedModel model, NodeState node) {
        return nodeName(model) == null
                ? Optional.of(new LostNodeAction.Ignore("It is not scheduled"))
                : Optional.empty();
    }

    private static Optional<LostNodeAction> leaveWhatHasAnAgent(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Alive
                ? Optional.of(new LostNodeAction.Ignore("The agent of %s reports it".formatted(nodeName(model))))
                : Optional.empty();
    }

    private static Optional<LostNodeAction> leaveWhatMayHaveAnAgent(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Suspect silent
                ? Optional.of(new LostNodeAction.Ignore(silent.message()))
                : Optional.empty();
    }

    private static Optional<LostNodeAction> leaveWhatTheAgentDoesNotHold(ManagedModel model, NodeState node) {
        return model.isMarkedForDeletion() && !model.hasFinalizer(ManagedModel.FINALIZER)
                ? Optional.of(new LostNodeAction.Ignore("It is deleted, and no agent holds it"))
                : Optional.empty();
    }

    private static Optional<LostNodeAction> releaseWhoseNodeIsGone(ManagedModel model, NodeState node) {
        return model.isMarkedForDeletion() && node instanceof NodeState.Deleted gone
                ? Optional.of(new LostNodeAction.RemoveFinalizer(
                        "Finalizer removed: node %s no longer exists (%s); the unload could not be verified"
                                .formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    private static Optional<LostNodeAction> releaseByForce(ManagedModel model, NodeState node) {
        return model.isMarkedForDeletion() && node instanceof NodeState.Unreachable && isForced(model)
                ? Optional.of(new LostNodeAction.RemoveFinalizer(
                        "Finalizer removed on request (%s) while node %s has no agent heartbeat. The instance may stay loaded until its TTL expires"
                                .formatted(ManagedModel.FORCE_RELEASE_ANNOTATION, nodeName(model))))
                : Optional.empty();
    }

    private static Optional<LostNodeAction> awaitThePinnedNode(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Deleted gone && model.getSpec().nodeName() != null
                ? Optional.of(new LostNodeAction.SetCondition(
                        ConditionStatus.FALSE,
                        Reason.NODE_GONE,
                        ("Node %s no longer exists (%s), and spec.nodeName allows no other. Add the node again, or delete the"
                                        + " ManagedModel")
                                .formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    private static Optional<LostNodeAction> bindAnew(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Deleted gone
                ? Optional.of(new LostNodeAction.Reschedule(
                        "Node %s no longer exists (%s); rescheduling".formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    /** The command comes first, because a message that is too long is truncated at its end. */
    private static Optional<LostNodeAction> tellHowToRelease(ManagedModel model, NodeState node) {
        ObjectMeta metadata = model.getMetadata();
        return model.isMarkedForDeletion()
                ? Optional.of(markUnknown(
                        ("No heartbeat from the agent on node %s; the unload cannot be verified. To delete without"
                                        + " verification: kubectl annotate managedmodels.%s %s --namespace %s %s=true --overwrite."
                                        + " The instance may then stay loaded until its TTL expires. Otherwise start the agent, or"
                                        + " delete its LMStudioNode if the machine does not come back")
                                .formatted(
                                        nodeName(model),
                                        ManagedModel.GROUP,
                                        metadata.getName(),
                                        metadata.getNamespace(),
                                        ManagedModel.FORCE_RELEASE_ANNOTATION)))
                : Optional.empty();
    }

    private static Optional<LostNodeAction> takeOver(ManagedModel model, NodeState node) {
        return Optional.of(markUnknown(
                ("No heartbeat from the agent on node %s; model state is unknown. Check the agent and the node. The status"
                                + " updates when the agent reconnects")
                        .formatted(nodeName(model))));
    }

    private static LostNodeAction markUnknown(String message) {
        return new LostNodeAction.SetCondition(ConditionStatus.UNKNOWN, Reason.AGENT_LOST, message);
    }

    private static @Nullable String nodeName(ManagedModel model) {
        return model.getStatus() == null ? null : model.getStatus().nodeName();
    }

    private static boolean isForced(ManagedModel model) {
        return requireNonNullElse(model.getMetadata().getAnnotations(), Map.<String, String>of())
                .getOrDefault(ManagedModel.FORCE_RELEASE_ANNOTATION, "")
                .equals("true");
    }
}
