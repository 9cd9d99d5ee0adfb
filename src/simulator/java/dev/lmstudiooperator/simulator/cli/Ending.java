package dev.lmstudiooperator.simulator.cli;

/** How a call ends. */
sealed interface Ending {

    record Exit(int code) implements Ending {}

    /** By a signal, named without SIG. */
    record Signal(String name) implements Ending {}

    /** The front end has gone by itself: killed, most likely. */
    record Gone() implements Ending {}
}
