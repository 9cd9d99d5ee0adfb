package dev.lmstudiooperator.agent.act;

import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.lmstudio.DomainFailure;
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
            case Failed failed -> failed.why() instanceof DomainFailure;
            case Loaded loaded -> false;
            case Unloaded unloaded -> false;
            case Unclear unclear -> false;
        };
    }

    /** The instance is there. */
    record Loaded(Mutation mutation, Instant at, Duration duration, Instance instance) implements Outcome {}

    /** The instance is gone. */
    record Unloaded(Mutation mutation, Instant at, Duration duration) implements Outcome {}

    /** The goal is not reached. */
    record Failed(Mutation mutation, Instant at, Duration duration, LmStudioFailure why) implements Outcome {}

    /** The operator cancelled it, and it has had no effect. */
    record Cancelled(Mutation mutation, Instant at, Duration duration) implements Outcome {}

    /** LM Studio could not be looked at: what happened must be observed anew. */
    record Unclear(Mutation mutation, Instant at, Duration duration) implements Outcome {}
}
