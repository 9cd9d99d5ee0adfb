package dev.lmstudiooperator.agent.lmstudionode;

import io.fabric8.kubernetes.api.model.HasMetadata;
import org.jspecify.annotations.Nullable;

/** What is known of one object of the API server. */
sealed interface WatchedObject<T extends HasMetadata> {

    /**
     * As it stands.
     *
     * @param object null when there is none
     */
    record Known<T extends HasMetadata>(@Nullable T object) implements WatchedObject<T> {}

    /** Nobody has told yet. */
    record Pending<T extends HasMetadata>() implements WatchedObject<T> {}

    /** The API server does not let this agent see it, or does not know its type. */
    record Refused<T extends HasMetadata>() implements WatchedObject<T> {}
}
