package dev.lmstudiooperator.controller.nodelifecycle;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.controller.nodelifecycle.LostNodePolicy.Action;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A ManagedModel and its node, with every property that affects the {@code Action}. */
record Case(State state, Deletion deletion, Held held, Force force, Where where, Bound bound) {

    static final String NODE = "gpu-1";

    enum State {
        ALIVE,
        SILENT,
        LOST,
        GONE
    }

    enum Deletion {
        LIVES,
        DELETED
    }

    enum Held {
        NONE,
        OTHERS,
        AGENT,
        BOTH
    }

    enum Force {
        ABSENT,
        TRUE,
        SHOUTED,
        FALSE,
        EMPTY
    }

    enum Where {
        PINNED,
        SELECTED,
        ANYWHERE
    }

    enum Bound {
        BOUND,
        UNBOUND,
        UNOBSERVED
    }

    static Stream<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (State state : State.values()) {
            for (Deletion deletion : Deletion.values()) {
                for (Held held : Held.values()) {
                    for (Force force : Force.values()) {
                        for (Where where : Where.values()) {
                            Arrays.stream(Bound.values())
                                    .map(bound -> new Case(state, deletion, held, force, where, bound))
                                    .forEach(cases::add);
                        }
                    }
                }
            }
        }
        return cases.stream();
    }

    Action fate() {
        return LostNodePolicy.decide(model("chat", "team-a", NODE), node());
    }

    boolean isHeldByAgent() {
        return Set.of(Held.AGENT, Held.BOTH).contains(held);
    }

    NodeState node() {
        return switch (state) {
            case ALIVE -> new NodeState.Alive();
            case SILENT -> new NodeState.Suspect("Too many at once");
            case LOST -> new NodeState.Unreachable();
            case GONE -> new NodeState.Deleted("its LMStudioNode was deleted", false);
        };
    }

    ManagedModel model(String name, String namespace, String nodeName) {
        var model = new ManagedModel();
        model.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .withDeletionTimestamp(deletion == Deletion.DELETED ? "2026-06-01T12:00:00Z" : null)
                .withFinalizers(finalizers())
                .withAnnotations(annotations())
                .build());
        model.setSpec(new ManagedModelSpec(
                "qwen/qwen3-8b",
                null,
                null,
                null,
                where == Where.PINNED ? nodeName : null,
                where == Where.SELECTED ? Map.of("gpu", "a100") : null,
                null,
                null,
                null,
                null,
                null,
                null));
        model.setStatus(
                switch (bound) {
                    case BOUND -> status(nodeName);
                    case UNBOUND -> status(null);
                    case UNOBSERVED -> null;
                });
        return model;
    }

    private static ManagedModelStatus status(@Nullable String nodeName) {
        return new ManagedModelStatus(1L, null, nodeName, null, null, null, null, null, null, null, null, null, null);
    }

    private List<String> finalizers() {
        return switch (held) {
            case NONE -> List.of();
            case OTHERS -> List.of("example.org/backup");
            case AGENT -> List.of(ManagedModel.FINALIZER);
            case BOTH -> List.of("example.org/backup", ManagedModel.FINALIZER);
        };
    }

    private @Nullable Map<String, String> annotations() {
        String value =
                switch (force) {
                    case ABSENT -> null;
                    case TRUE -> "true";
                    case SHOUTED -> "True";
                    case FALSE -> "false";
                    case EMPTY -> "";
                };
        return value == null ? null : Map.of(ManagedModel.FORCE_RELEASE_ANNOTATION, value);
    }
}
