package dev.lmstudiooperator.simulator.state;

/** The server refuses a request. */
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
