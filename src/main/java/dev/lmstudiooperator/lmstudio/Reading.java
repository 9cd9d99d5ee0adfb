package dev.lmstudiooperator.lmstudio;

import java.time.Instant;

/** What one look came to. A failed look means unknown, never absent. */
public sealed interface Reading<T> {

    /** When the look began: it cannot know of anything that changed later. */
    Instant at();

    /** This look, which followed that one: failed looks in a row know when the row began. */
    default Reading<T> after(Reading<T> before) {
        return this instanceof Unknown<T> failed && before instanceof Unknown<T> earlier
                ? new Unknown<>(failed.why(), failed.at(), earlier.since())
                : this;
    }

    /** The look succeeded. */
    record Known<T>(T value, Instant at) implements Reading<T> {}

    /**
     * The look failed, or was not taken yet.
     *
     * @param since when the first of the looks that failed in a row began
     */
    record Unknown<T>(LmStudioFailure why, Instant at, Instant since) implements Reading<T> {

        /** The first look that failed. */
        public Unknown(LmStudioFailure why, Instant at) {
            this(why, at, at);
        }
    }
}
