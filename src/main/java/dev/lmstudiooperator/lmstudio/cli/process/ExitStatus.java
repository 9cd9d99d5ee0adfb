package dev.lmstudiooperator.lmstudio.cli.process;

import java.time.Duration;

/** How a child process came to its end. */
public sealed interface ExitStatus {

    /** By itself. */
    record Exited(int code) implements ExitStatus {}

    /**
     * By a signal that was not sent from here. Java, like a shell, reports it as 128 and the number; a wrapper script
     * that passes such a code on says the same about the program inside.
     */
    record Died(int signal) implements ExitStatus {}

    /** Its process tree was ended because the deadline had passed. */
    record TimedOut(Duration deadline) implements ExitStatus {}

    /** Its process tree was killed because it wrote more than it may. */
    record OutputTooLarge(long capBytes) implements ExitStatus {}

    /** Its process tree was ended because stderr said that it would never end by itself. */
    record GivenUp() implements ExitStatus {}

    /** What the exit value of a process that was left alone means. */
    static ExitStatus ofExitValue(int value) {
        return value > 128 && value <= 128 + 64 ? new Died(value - 128) : new Exited(value);
    }
}
