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

    private LostNodePolicy() {}

    public static LostNodeAction decide(ManagedModel model, NodeState node) {
        String nodeName = model.getStatus() == null ? null : model.getStatus().nodeName();
        if (nodeName == null) {
            return new LostNodeAction.Ignore("It is not scheduled");
        }
        return switch (node) {
            case NodeState.Alive alive -> new LostNodeAction.Ignore("The agent of %s reports it".formatted(nodeName));
            case NodeState.Suspect suspect -> new LostNodeAction.Ignore(suspect.message());
            case NodeState.Unreachable lost -> unreachable(model, nodeName);
            case NodeState.Deleted gone -> deleted(model, nodeName, gone.why());
        };
    }

    /** A deleted ManagedModel waits for verification of its unload, because the node may come back. */
    private static LostNodeAction unreachable(ManagedModel model, String nodeName) {
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
                ? new LostNodeAction.RemoveFinalizer(
                        "Finalizer removed on request (%s) while node %s has no agent heartbeat. The instance may stay loaded until its TTL expires"
                                .formatted(ManagedModel.FORCE_RELEASE_ANNOTATION, nodeName))
                : markUnknown(howToRelease(model.getMetadata(), nodeName));
    }

    /** Nothing can verify an unload any more. Another node takes over, if the spec allows it. */
    private static LostNodeAction deleted(ManagedModel model, String nodeName, String why) {
        if (model.isMarkedForDeletion()) {
            return isHeld(model)
                    ? new LostNodeAction.RemoveFinalizer(
                            "Finalizer removed: node %s no longer exists (%s); the unload could not be verified"
                                    .formatted(nodeName, why))
                    : notHeld();
        }
        return model.getSpec().nodeName() == null
                ? new LostNodeAction.Reschedule("Node %s no longer exists (%s); rescheduling".formatted(nodeName, why))
                : new LostNodeAction.SetCondition(
                        ConditionStatus.FALSE,
                        Reason.NODE_GONE,
                        ("Node %s no longer exists (%s), and spec.nodeName allows no other. Add the node again, or delete the"
                                        + " ManagedModel")
                                .formatted(nodeName, why));
    }

    private static LostNodeAction markUnknown(String message) {
        return new LostNodeAction.SetCondition(ConditionStatus.UNKNOWN, Reason.AGENT_LOST, message);
    }

    private static LostNodeAction notHeld() {
        return new LostNodeAction.Ignore("It is deleted, and no agent holds it");
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
