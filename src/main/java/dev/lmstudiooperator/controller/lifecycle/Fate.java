package dev.lmstudiooperator.controller.lifecycle;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.util.Map;

/** What becomes of a ManagedModel that is bound to a node. */
public sealed interface Fate {

    /** Its agent looks after it. */
    record Leave() implements Fate {}

    /** Nobody knows whether it is served. */
    record TakeOver(String message) implements Fate {}

    /** It is deleted, and nobody else will let it go. */
    record Release(String why) implements Fate {}

    /** It gets another node. */
    record Rebind(String message) implements Fate {}

    /** It waits for a node of that name. */
    record AwaitPinned(String message) implements Fate {}

    static Fate of(ManagedModel model, NodeState state) {
        String node = requireNonNullElse(model.getStatus().nodeName(), "");
        return switch (state) {
            case NodeState.Alive alive -> new Leave();
            case NodeState.Silent silent -> new Leave();
            case NodeState.Lost lost -> {
                boolean isForced = requireNonNullElse(model.getMetadata().getAnnotations(), Map.<String, String>of())
                        .getOrDefault(ManagedModel.FORCE_RELEASE_ANNOTATION, "")
                        .equals("true");
                yield model.isMarkedForDeletion() && isForced
                        ? new Release("forced")
                        : new TakeOver("The agent of %s is silent since %s".formatted(node, lost.since()));
            }
            case NodeState.Gone gone ->
                model.isMarkedForDeletion()
                        ? new Release(gone.why())
                        : model.getSpec().nodeName() == null ? new Rebind(gone.why()) : new AwaitPinned(gone.why());
        };
    }
}
