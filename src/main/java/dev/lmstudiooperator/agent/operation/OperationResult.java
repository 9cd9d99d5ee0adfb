package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.Action.AgentOperation;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The result of an operation, determined by observing LM Studio afterwards and not by the output of the command. */
public sealed interface OperationResult {

    AgentOperation operation();

    /** When the command ended. */
    Instant at();

    Duration duration();

    /** Whether the instance with this identifier was unloaded, not a second copy of it. */
    static boolean hasUnloaded(@Nullable OperationResult result, String identifier) {
        return result instanceof Unloaded unloaded
                && unloaded.operation().identifier().equals(identifier);
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
            case Downloaded downloaded -> false;
            case Unclear unclear -> false;
        };
    }

    /** Whether another client took the identifier during the load. The instance of this load then has another identifier. */
    default boolean isInstanceOfAnother() {
        return switch (this) {
            case Loaded loaded ->
                !loaded.operation().request().ttl().equals(loaded.instance().ttl());
            case Failed failed -> failed.why().is(DomainFailure.Kind.IDENTIFIER_LOST);
            case LoadedAnother another -> false;
            case Unloaded unloaded -> false;
            case Downloaded downloaded -> false;
            case Cancelled cancelled -> false;
            case Unclear unclear -> false;
        };
    }

    /** Whether LM Studio may still be processing the load, because its end was not observed. */
    default boolean mayGoOn() {
        return operation() instanceof ModelOperation.Load
                && switch (this) {
                    case Failed failed ->
                        failed.why() instanceof InfrastructureFailure
                                || failed.why().is(DomainFailure.Kind.IDENTIFIER_RESERVED);
                    case Unclear unclear -> true;
                    case Cancelled cancelled -> cancelled.hasBegun();
                    case Loaded loaded -> false;
                    case LoadedAnother another -> false;
                    case Unloaded unloaded -> false;
                    case Downloaded downloaded -> false;
                };
    }

    /** The instance exists. */
    record Loaded(ModelOperation.Load operation, Instant at, Duration duration, Instance instance)
            implements OperationResult {}

    /**
     * An instance of another model exists, because {@code lms load} matched a similar key. It still belongs to this
     * agent.
     */
    record LoadedAnother(
            ModelOperation.Load operation, Instant at, Duration duration, Instance instance, LmStudioFailure why)
            implements OperationResult {}

    /** The instance is gone. */
    record Unloaded(ModelOperation.Unload operation, Instant at, Duration duration) implements OperationResult {}

    /** A model with exactly this key is on this machine. */
    record Downloaded(Download operation, Instant at, Duration duration) implements OperationResult {}

    /** The operation did not reach its goal. */
    record Failed(AgentOperation operation, Instant at, Duration duration, LmStudioFailure why)
            implements OperationResult {}

    /**
     * The operator cancelled the operation. A cancelled load or unload had no effect, but LM Studio may continue a
     * download.
     *
     * @param hasBegun whether a call of {@code lms} was cancelled; false when none was started
     */
    record Cancelled(AgentOperation operation, Instant at, Duration duration, boolean hasBegun)
            implements OperationResult {}

    /** LM Studio could not be queried, so the result must be observed again. */
    record Unclear(AgentOperation operation, Instant at, Duration duration) implements OperationResult {}
}
