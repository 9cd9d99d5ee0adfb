package dev.lmstudiooperator.agent.lmstudionode;

import io.fabric8.kubernetes.api.model.HasMetadata;
import org.jspecify.annotations.Nullable;

/** The known state of one object of the API server. */
sealed interface WatchedObject<T extends HasMetadata> {

    /**
     * The current state.
     *
     * @param object null if there is none
     */
    record Known<T extends HasMetadata>(@Nullable T object) implements WatchedObject<T> {}

    /** The informer has not synced yet. */
    record Pending<T extends HasMetadata>() implements WatchedObject<T> {}

    /** The API server does not allow this agent to read the object, or does not know its type. */
    record Refused<T extends HasMetadata>() implements WatchedObject<T> {}
}
