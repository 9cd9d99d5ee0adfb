package dev.lmstudiooperator.lmstudio;

import java.time.Instant;

/** What one look came to. A failed look means unknown, never absent. */
public sealed interface Reading<T> {

    /** When the look began: it cannot know of anything that changed later. */
    Instant at();

    /** This look, which followed that one: looks in a row that failed, or that saw the same, know when the row began. */
    default Reading<T> after(Reading<T> before) {
        return switch (this) {
            case Unknown<T> failed
            when before instanceof Unknown<T> earlier -> new Unknown<>(failed.why(), failed.at(), earlier.since());
            case Known<T> known
            when before instanceof Known<T> earlier && known.value().equals(earlier.value()) ->
                new Known<>(known.value(), known.at(), earlier.since());
            case Unknown<T> failed -> failed;
            case Known<T> known -> known;
        };
    }

    /**
     * The look succeeded.
     *
     * @param since when the first of the looks in a row began that saw the same
     */
    record Known<T>(T value, Instant at, Instant since) implements Reading<T> {

        /** The first look that saw this. */
        public Known(T value, Instant at) {
            this(value, at, at);
        }
    }

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
