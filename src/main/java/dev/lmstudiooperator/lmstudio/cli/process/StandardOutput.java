package dev.lmstudiooperator.lmstudio.cli.process;

import java.util.function.Consumer;

/** How to handle stdout. Stderr is always kept, because it contains the error messages. */
public sealed interface StandardOutput {

    /** Stdout is returned after the program has ended. */
    record Kept() implements StandardOutput {}

    /** Stdout is discarded, so that progress bars use no disk space. */
    record Discarded() implements StandardOutput {}

    /**
     * Stdout is read while the program runs and then discarded, so that the program may run for hours.
     *
     * @param listener receives the end of the output since the last call, which covers at most about one second. The
     *     thread that runs the program calls it. The text may be truncated anywhere at both ends
     */
    record Followed(Consumer<String> listener) implements StandardOutput {}

    StandardOutput KEPT = new Kept();
    StandardOutput DISCARDED = new Discarded();
}
