package dev.lmstudiooperator.simulator.cli;

/** Ends the call in the way that {@link #ending()} returns. */
final class Ended extends RuntimeException {

    private final transient Ending ending;

    Ended(Ending ending) {
        super(ending.toString(), null, false, false);
        this.ending = ending;
    }

    static Ended exit(int code) {
        return new Ended(new Ending.Exit(code));
    }

    Ending ending() {
        return ending;
    }
}
