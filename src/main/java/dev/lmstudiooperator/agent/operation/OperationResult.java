package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.ModelOperation;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The result of an operation, determined by observing LM Studio afterwards and not by the output of the command. */
public sealed interface OperationResult {

    ModelOperation mutation();

    /** When the operation ended. */
    Instant at();

    Duration duration();

    /** Whether the instance with this identifier was unloaded, not a second copy of it. */
    static boolean hasUnloaded(@Nullable OperationResult outcome, String identifier) {
        return outcome instanceof Unloaded unloaded
                && unloaded.mutation().identifier().equals(identifier);
    }

    /** Whether this load can no longer produce an instance. An aborted load may continue inside LM Studio. */
    default boolean hasSurelyLoadedNothing() {
        return switch (this) {
            case Cancelled cancelled -> true;
            case Failed failed ->
                failed.why() instanceof DomainFailure refusal && !refusal.is(DomainFailure.Kind.IDENTIFIER_RESERVED);
            case Loaded loaded -> false;
            case LoadedAnother another -> false;
            case Unloaded unloaded -> false;
            case Unclear unclear -> false;
        };
    }

    /** Whether another client took the identifier during the load. The instance of this load then has another identifier. */
    default boolean isInstanceOfAnother() {
        return switch (this) {
            case Loaded loaded ->
                loaded.mutation() instanceof ModelOperation.Load load
                        && !load.request().ttl().equals(loaded.instance().ttl());
            case Failed failed -> failed.why().is(DomainFailure.Kind.IDENTIFIER_LOST);
            case LoadedAnother another -> false;
            case Unloaded unloaded -> false;
            case Cancelled cancelled -> false;
            case Unclear unclear -> false;
        };
    }

    /** Whether LM Studio may still be processing the load, because its end was not observed. */
    default boolean mayGoOn() {
        return mutation() instanceof ModelOperation.Load
                && switch (this) {
                    case Failed failed ->
                        failed.why() instanceof InfrastructureFailure
                                || failed.why().is(DomainFailure.Kind.IDENTIFIER_RESERVED);
                    case Unclear unclear -> true;
                    case Cancelled cancelled -> cancelled.hasBegun();
                    case Loaded loaded -> false;
                    case LoadedAnother another -> false;
                    case Unloaded unloaded -> false;
                };
    }

    /** The instance exists. */
    record Loaded(ModelOperation mutation, Instant at, Duration duration, Instance instance)
            implements OperationResult {}

    /**
     * An instance of another model exists, because {@code lms load} matched a similar key. It still belongs to this
     * agent.
     */
    record LoadedAnother(ModelOperation mutation, Instant at, Duration duration, Instance instance, LmStudioFailure why)
            implements OperationResult {}

    /** The instance is gone. */
    record Unloaded(ModelOperation mutation, Instant at, Duration duration) implements OperationResult {}

    /** The operation did not reach its goal. */
    record Failed(ModelOperation mutation, Instant at, Duration duration, LmStudioFailure why)
            implements OperationResult {}

    /**
     * The operator cancelled the operation, which had no effect.
     *
     * @param hasBegun whether a call of {@code lms} was cancelled; false when none was started
     */
    record Cancelled(ModelOperation mutation, Instant at, Duration duration, boolean hasBegun)
            implements OperationResult {}

    /** LM Studio could not be queried, so the result must be observed again. */
    record Unclear(ModelOperation mutation, Instant at, Duration duration) implements OperationResult {}
}
