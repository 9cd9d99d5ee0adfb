package dev.lmstudiooperator.agent.act;

import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a mutation came to, judged by looking at LM Studio afterwards, never by what the command said. */
public sealed interface Outcome {

    Mutation mutation();

    /** When the mutation ended. */
    Instant at();

    Duration duration();

    /** Whether the instance with this identifier, not a second copy of it, was unloaded. */
    static boolean hasUnloaded(@Nullable Outcome outcome, String identifier) {
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
                loaded.mutation() instanceof Mutation.Load load
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
        return mutation() instanceof Mutation.Load
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
    record Loaded(Mutation mutation, Instant at, Duration duration, Instance instance) implements Outcome {}

    /** An instance is there, and it is of another model: {@code lms load} matched fuzzily. It is ours all the same. */
    record LoadedAnother(Mutation mutation, Instant at, Duration duration, Instance instance, LmStudioFailure why)
            implements Outcome {}

    /** The instance is gone. */
    record Unloaded(Mutation mutation, Instant at, Duration duration) implements Outcome {}

    /** The goal is not reached. */
    record Failed(Mutation mutation, Instant at, Duration duration, LmStudioFailure why) implements Outcome {}

    /**
     * The operator cancelled it, and it has had no effect.
     *
     * @param hasBegun whether a call of lms was cancelled; false when none was started
     */
    record Cancelled(Mutation mutation, Instant at, Duration duration, boolean hasBegun) implements Outcome {}

    /** Cannot query LM Studio: what happened must be observed anew. */
    record Unclear(Mutation mutation, Instant at, Duration duration) implements Outcome {}
}
