package dev.lmstudiooperator.controller.lifecycle;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which fate is whose. No sentence tells a time: the next leader would have heard of the node at another, and would write
 * every status anew for it.
 */
final class LifecycleRules {

    private LifecycleRules() {}

    static Optional<Fate> leaveWhatIsNotBound(ManagedModel model, NodeState node) {
        return nodeName(model) == null ? Optional.of(new Fate.Leave("It is not scheduled")) : Optional.empty();
    }

    static Optional<Fate> leaveWhatHasAnAgent(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Alive
                ? Optional.of(new Fate.Leave("The agent of %s reports it".formatted(nodeName(model))))
                : Optional.empty();
    }

    static Optional<Fate> leaveWhatMayHaveAnAgent(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Silent silent
                ? Optional.of(new Fate.Leave(silent.message()))
                : Optional.empty();
    }

    static Optional<Fate> leaveWhatTheAgentDoesNotHold(ManagedModel model, NodeState node) {
        return model.isMarkedForDeletion() && !isHeld(model)
                ? Optional.of(new Fate.Leave("It is deleted, and no agent holds it"))
                : Optional.empty();
    }

    static Optional<Fate> releaseWhoseNodeIsGone(ManagedModel model, NodeState node) {
        return model.isMarkedForDeletion() && node instanceof NodeState.Gone gone
                ? Optional.of(new Fate.Release(
                        "Finalizer removed: node %s no longer exists (%s); the unload could not be verified"
                                .formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    static Optional<Fate> releaseByForce(ManagedModel model, NodeState node) {
        return model.isMarkedForDeletion() && node instanceof NodeState.Lost && isForced(model)
                ? Optional.of(new Fate.Release(
                        "Finalizer removed on request (%s) while node %s has no agent heartbeat. The instance may stay loaded until its TTL expires"
                                .formatted(ManagedModel.FORCE_RELEASE_ANNOTATION, nodeName(model))))
                : Optional.empty();
    }

    static Optional<Fate> awaitThePinnedNode(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Gone gone && model.getSpec().nodeName() != null
                ? Optional.of(new Fate.AwaitPinned(
                        ("Node %s no longer exists (%s), and spec.nodeName allows no other. Add the node again, or delete the"
                                        + " ManagedModel")
                                .formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    static Optional<Fate> bindAnew(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Gone gone
                ? Optional.of(new Fate.Rebind(
                        "Node %s no longer exists (%s); rescheduling".formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    /** The command stands first, since a message that is too long is cut at its end. */
    static Optional<Fate> tellHowToRelease(ManagedModel model, NodeState node) {
        ObjectMeta metadata = model.getMetadata();
        return model.isMarkedForDeletion()
                ? Optional.of(new Fate.TakeOver(
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

    static Optional<Fate> takeOver(ManagedModel model, NodeState node) {
        return Optional.of(new Fate.TakeOver(
                ("No heartbeat from the agent on node %s; model state is unknown. Check the agent and the node. The status"
                                + " updates when the agent reconnects")
                        .formatted(nodeName(model))));
    }

    private static @Nullable String nodeName(ManagedModel model) {
        return model.getStatus() == null ? null : model.getStatus().nodeName();
    }

    private static boolean isHeld(ManagedModel model) {
        return requireNonNullElse(model.getMetadata().getFinalizers(), List.<String>of())
                .contains(ManagedModel.FINALIZER);
    }

    private static boolean isForced(ManagedModel model) {
        return requireNonNullElse(model.getMetadata().getAnnotations(), Map.<String, String>of())
                .getOrDefault(ManagedModel.FORCE_RELEASE_ANNOTATION, "")
                .equals("true");
    }
}
