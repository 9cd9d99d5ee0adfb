package dev.lmstudiooperator.simulator.cli;

/** How a call ends. */
sealed interface Ending {

    record Exit(int code) implements Ending {}

    /** @param name without SIG, for example {@code TERM} */
    record Signal(String name) implements Ending {}

    /** The front end has gone by itself: killed, most likely. */
    record Gone() implements Ending {}
}
