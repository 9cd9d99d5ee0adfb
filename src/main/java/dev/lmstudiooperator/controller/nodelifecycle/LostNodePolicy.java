package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.ObjectMeta;

/**
 * Decides the action for one ManagedModel from the state of its node.
 *
 * <p>No message contains a time. A new leader would have another time for the last heartbeat, and would write every
 * status again.
 */
public final class LostNodePolicy {

    /** The controller's action for a ManagedModel that is scheduled to a node. */
    public sealed interface Action {

        /** One sentence for users. */
        String message();

        /** No action: the node's agent reports the status, or is not lost yet. */
        record Ignore(String message) implements Action {}

        /**
         * Sets the conditions {@code Ready} and {@code Available} in place of the agent. Either the agent is lost, so the
         * state of the model is unknown, or the node is gone, and no other node is allowed.
         *
         * @param truth the status of both conditions
         */
        record SetCondition(ConditionStatus truth, Reason reason, String message) implements Action {}

        /** Removes the agent's finalizer from a deleted ManagedModel. Other finalizers stay. */
        record RemoveFinalizer(String message) implements Action {}

        /**
         * Clears the node, so that the scheduler chooses another one. The agent's finalizer is removed first. Without a node,
         * no agent could remove it, and a deletion would hang.
         */
        record Reschedule(String message) implements Action {}
    }

    private LostNodePolicy() {}

    public static Action decide(ManagedModel model, NodeState node) {
        String nodeName = model.getStatus() == null ? null : model.getStatus().nodeName();
        if (nodeName == null) {
            return new Action.Ignore("It is not scheduled");
        }
        return switch (node) {
            case NodeState.Alive alive -> new Action.Ignore("The agent of %s reports it".formatted(nodeName));
            case NodeState.Suspect suspect -> new Action.Ignore(suspect.message());
            case NodeState.Unreachable lost -> unreachable(model, nodeName);
            case NodeState.Deleted gone -> deleted(model, nodeName, gone.why());
        };
    }

    /** A deleted ManagedModel waits for verification of its unload, because the node may come back. */
    private static Action unreachable(ManagedModel model, String nodeName) {
        if (!model.isMarkedForDeletion()) {
            return markUnknown(
                    ("No heartbeat from the agent on node %s; model state is unknown. Check the agent and the node. The status"
                                    + " updates when the agent reconnects")
                            .formatted(nodeName));
        }
        if (!isHeld(model)) {
            return notHeld();
        }
        return model.annotation(ManagedModel.FORCE_RELEASE_ANNOTATION).equals("true")
                ? new Action.RemoveFinalizer(
                        "Finalizer removed on request (%s) while node %s has no agent heartbeat. The instance may stay loaded until its TTL expires"
                                .formatted(ManagedModel.FORCE_RELEASE_ANNOTATION, nodeName))
                : markUnknown(howToRelease(model.getMetadata(), nodeName));
    }

    /** Nothing can verify an unload any more. Another node takes over, if the spec allows it. */
    private static Action deleted(ManagedModel model, String nodeName, String why) {
        if (model.isMarkedForDeletion()) {
            return isHeld(model)
                    ? new Action.RemoveFinalizer(
                            "Finalizer removed: node %s no longer exists (%s); the unload could not be verified"
                                    .formatted(nodeName, why))
                    : notHeld();
        }
        return model.getSpec().nodeName() == null
                ? new Action.Reschedule("Node %s no longer exists (%s); rescheduling".formatted(nodeName, why))
                : new Action.SetCondition(
                        ConditionStatus.FALSE,
                        Reason.NODE_GONE,
                        ("Node %s no longer exists (%s), and spec.nodeName allows no other. Add the node again, or delete the"
                                        + " ManagedModel")
                                .formatted(nodeName, why));
    }

    private static Action markUnknown(String message) {
        return new Action.SetCondition(ConditionStatus.UNKNOWN, Reason.AGENT_LOST, message);
    }

    private static Action notHeld() {
        return new Action.Ignore("It is deleted, and no agent holds it");
    }

    /** The command comes first, because a message that is too long is truncated at its end. */
    private static String howToRelease(ObjectMeta model, String nodeName) {
        return ("No heartbeat from the agent on node %s; the unload cannot be verified. To delete without"
                        + " verification: kubectl annotate managedmodels.%s %s --namespace %s %s=true --overwrite."
                        + " The instance may then stay loaded until its TTL expires. Otherwise start the agent, or"
                        + " delete its LMStudioNode if the machine does not come back")
                .formatted(
                        nodeName,
                        ManagedModel.GROUP,
                        model.getName(),
                        model.getNamespace(),
                        ManagedModel.FORCE_RELEASE_ANNOTATION);
    }

    private static boolean isHeld(ManagedModel model) {
        return model.hasFinalizer(ManagedModel.FINALIZER);
    }
}
