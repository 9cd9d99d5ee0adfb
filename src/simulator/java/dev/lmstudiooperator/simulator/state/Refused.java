package dev.lmstudiooperator.simulator.state;

/** The server does not do what it was asked for. */
public final class Refused extends Exception {

    private final transient ServerError error;

    public Refused(ServerError error) {
        super(error.title());
        this.error = error;
    }

    public ServerError error() {
        return error;
    }
}
