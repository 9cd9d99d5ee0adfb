package dev.lmstudiooperator.lmstudio;

import java.time.Instant;

/** What one look came to. A failed look means unknown, never absent. */
public sealed interface Reading<T> {

    /** When the look began: it cannot know of anything that changed later. */
    Instant at();

    /** The look succeeded. */
    record Known<T>(T value, Instant at) implements Reading<T> {}

    /** The look failed, or was not taken yet. */
    record Unknown<T>(LmStudioFailure why, Instant at) implements Reading<T> {}
}
