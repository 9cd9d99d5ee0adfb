package dev.lmstudiooperator.simulator.cli;

/** The way in which a call ends. */
sealed interface Ending {

    record Exit(int code) implements Ending {}

    /** The call ends by a signal. Its name has no SIG prefix. */
    record Signal(String name) implements Ending {}

    /** The front end has already ended, probably because it was killed. */
    record Gone() implements Ending {}
}
