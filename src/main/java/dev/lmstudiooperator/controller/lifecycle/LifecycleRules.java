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
        return nodeName(model) == null ? Optional.of(new Fate.Leave("It is not bound to a node")) : Optional.empty();
    }

    static Optional<Fate> leaveWhatHasAnAgent(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Alive
                ? Optional.of(new Fate.Leave("The agent of %s speaks of it".formatted(nodeName(model))))
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
                ? Optional.of(
                        new Fate.Release("Released, since node %s is gone: %s. Nobody can verify that the instance is"
                                .formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    static Optional<Fate> releaseByForce(ManagedModel model, NodeState node) {
        return model.isMarkedForDeletion() && node instanceof NodeState.Lost && isForced(model)
                ? Optional.of(new Fate.Release(
                        "Released by force (%s) while the agent of %s is silent. The instance may stay until its TTL runs out"
                                .formatted(ManagedModel.FORCE_RELEASE_ANNOTATION, nodeName(model))))
                : Optional.empty();
    }

    static Optional<Fate> awaitThePinnedNode(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Gone gone && model.getSpec().nodeName() != null
                ? Optional.of(new Fate.AwaitPinned(
                        ("Node %s is gone: %s. spec.nodeName allows no other: bring a node of that name, or delete the"
                                        + " ManagedModel")
                                .formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    static Optional<Fate> bindAnew(ManagedModel model, NodeState node) {
        return node instanceof NodeState.Gone gone
                ? Optional.of(new Fate.Rebind(
                        "Node %s is gone: %s. Another is chosen".formatted(nodeName(model), gone.why())))
                : Optional.empty();
    }

    /** The command stands first, since a message that is too long is cut at its end. */
    static Optional<Fate> tellHowToRelease(ManagedModel model, NodeState node) {
        ObjectMeta metadata = model.getMetadata();
        return model.isMarkedForDeletion()
                ? Optional.of(new Fate.TakeOver(
                        ("The agent of %s is silent, and it alone can verify that the instance is gone. To let go without"
                                        + " that: kubectl annotate managedmodels.%s %s --namespace %s %s=true --overwrite; the"
                                        + " instance may then stay until its TTL runs out. Else bring the agent back, or"
                                        + " delete its LMStudioNode when the machine will not come back")
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
                ("The agent of %s is silent: nobody knows what is served. Look after the agent, or the node; the agent"
                                + " corrects this when it is back")
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
