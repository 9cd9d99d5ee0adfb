package dev.lmstudiooperator.lmstudio.cli.process;

import java.util.function.Consumer;

/** What becomes of stdout. Stderr is always kept: it says what went wrong. */
public sealed interface StandardOutput {

    /** It comes back when the program has ended. */
    record Kept() implements StandardOutput {}

    /** Nobody reads it: progress bars need no disk. */
    record Discarded() implements StandardOutput {}

    /**
     * It is looked at while the program runs, and forgotten then, so that it may go on for hours.
     *
     * @param listener told the end of what was written since the last time, a second or less of it, by the thread that
     *     runs the program; its beginning and its end may be cut anywhere
     */
    record Followed(Consumer<String> listener) implements StandardOutput {}

    StandardOutput KEPT = new Kept();
    StandardOutput DISCARDED = new Discarded();
}
