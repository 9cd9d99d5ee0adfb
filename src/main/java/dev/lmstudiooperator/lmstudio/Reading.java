package dev.lmstudiooperator.lmstudio;

import java.time.Instant;
import java.util.Optional;

/** The result of one read. A failed read means unknown, never absent. */
public sealed interface Reading<T> {

    /** A call that reads from LM Studio. */
    @FunctionalInterface
    interface Query<T> {

        /** Returns what LM Studio reports. */
        T ask() throws LmStudioFailure, InterruptedException;
    }

    /**
     * Reads from LM Studio.
     *
     * @param at the time at which the read begins
     */
    static <T> Reading<T> of(Query<T> query, Instant at) throws InterruptedException {
        try {
            return new Known<>(query.ask(), at);
        } catch (LmStudioFailure failure) {
            return new Unknown<>(failure, at);
        }
    }

    /** Returns the time at which the read began. The result does not include later changes. */
    Instant at();

    /** Returns when the first of the consecutive reads with the same value, or of consecutive failed reads, began. */
    Instant since();

    /** Whether the read succeeded. */
    default boolean isKnown() {
        return this instanceof Known<T>;
    }

    /** Returns the value of a successful read. Empty if the read failed, which does not mean that there is nothing. */
    default Optional<T> known() {
        return this instanceof Known<T> known ? Optional.of(known.value()) : Optional.empty();
    }

    /** Returns the reason why the read failed. Empty if it succeeded. */
    default Optional<LmStudioFailure> failure() {
        return this instanceof Unknown<T> unknown ? Optional.of(unknown.why()) : Optional.empty();
    }

    /**
     * Returns this reading as the successor of another one. If both failed, or if both have the same value,
     * {@code since} is the time of the first of these consecutive readings.
     */
    default Reading<T> after(Reading<T> before) {
        return switch (this) {
            case Unknown<T> failed when !before.isKnown() -> new Unknown<>(failed.why(), failed.at(), before.since());
            case Known<T> known
            when known().equals(before.known()) -> new Known<>(known.value(), known.at(), before.since());
            case Unknown<T> failed -> failed;
            case Known<T> known -> known;
        };
    }

    /** A successful read. */
    record Known<T>(T value, Instant at, Instant since) implements Reading<T> {

        /** Creates the first reading of this value. */
        public Known(T value, Instant at) {
            this(value, at, at);
        }
    }

    /** A read that failed or was not attempted yet. */
    record Unknown<T>(LmStudioFailure why, Instant at, Instant since) implements Reading<T> {

        /** Creates the first failed reading. */
        public Unknown(LmStudioFailure why, Instant at) {
            this(why, at, at);
        }
    }
}
