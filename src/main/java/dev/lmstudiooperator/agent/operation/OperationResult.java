package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.ModelOperation;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a mutation came to, judged by looking at LM Studio afterwards, never by what the command said. */
public sealed interface OperationResult {

    ModelOperation mutation();

    /** When the mutation ended. */
    Instant at();

    Duration duration();

    /** Whether the instance with this identifier, not a second copy of it, was unloaded. */
    static boolean hasUnloaded(@Nullable OperationResult outcome, String identifier) {
        return outcome instanceof Unloaded unloaded
                && unloaded.mutation().identifier().equals(identifier);
    }

    /** Whether no instance can come of this load any more: what is given up may go on inside LM Studio. */
    default boolean hasSurelyLoadedNothing() {
        return switch (this) {
            case Cancelled cancelled -> true;
            case Failed failed ->
                failed.why() instanceof DomainFailure refusal
                        && refusal.kind() != DomainFailure.Kind.IDENTIFIER_RESERVED;
            case Loaded loaded -> false;
            case LoadedAnother another -> false;
            case Unloaded unloaded -> false;
            case Unclear unclear -> false;
        };
    }

    /** Whether another client took the identifier during the load: what the load brought carries another name. */
    default boolean isInstanceOfAnother() {
        return switch (this) {
            case Loaded loaded ->
                loaded.mutation() instanceof ModelOperation.Load load
                        && !load.request().ttl().equals(loaded.instance().ttl());
            case Failed failed ->
                failed.why() instanceof DomainFailure refusal && refusal.kind() == DomainFailure.Kind.IDENTIFIER_LOST;
            case LoadedAnother another -> false;
            case Unloaded unloaded -> false;
            case Cancelled cancelled -> false;
            case Unclear unclear -> false;
        };
    }

    /** Whether LM Studio may still carry the load out: nobody saw its end. */
    default boolean mayGoOn() {
        return mutation() instanceof ModelOperation.Load
                && switch (this) {
                    case Failed failed ->
                        failed.why() instanceof InfrastructureFailure
                                || (failed.why() instanceof DomainFailure refusal
                                        && refusal.kind() == DomainFailure.Kind.IDENTIFIER_RESERVED);
                    case Unclear unclear -> true;
                    case Cancelled cancelled -> cancelled.hasBegun();
                    case Loaded loaded -> false;
                    case LoadedAnother another -> false;
                    case Unloaded unloaded -> false;
                };
    }

    /** The instance is there. */
    record Loaded(ModelOperation mutation, Instant at, Duration duration, Instance instance) implements OperationResult {}

    /** An instance is there, and it is of another model: {@code lms load} matched fuzzily. It is ours all the same. */
    record LoadedAnother(ModelOperation mutation, Instant at, Duration duration, Instance instance, LmStudioFailure why)
            implements OperationResult {}

    /** The instance is gone. */
    record Unloaded(ModelOperation mutation, Instant at, Duration duration) implements OperationResult {}

    /** The goal is not reached. */
    record Failed(ModelOperation mutation, Instant at, Duration duration, LmStudioFailure why) implements OperationResult {}

    /**
     * The operator cancelled it, and it has had no effect.
     *
     * @param hasBegun whether a call of lms was cancelled; false when none was started
     */
    record Cancelled(ModelOperation mutation, Instant at, Duration duration, boolean hasBegun) implements OperationResult {}

    /** Cannot query LM Studio: what happened must be observed anew. */
    record Unclear(ModelOperation mutation, Instant at, Duration duration) implements OperationResult {}
}
