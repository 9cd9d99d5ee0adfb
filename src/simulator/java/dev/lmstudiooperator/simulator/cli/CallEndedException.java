package dev.lmstudiooperator.simulator.cli;

/** Ends the call with the exit status that {@link #status()} returns. */
final class CallEndedException extends RuntimeException {

    private final transient Call.ExitStatus status;

    private CallEndedException(Call.ExitStatus status) {
        super(status.toString(), null, false, false);
        this.status = status;
    }

    static CallEndedException exit(int code) {
        return new CallEndedException(new Call.ExitStatus.Exit(code));
    }

    /** @param name the name of the signal without the SIG prefix */
    static CallEndedException signal(String name) {
        return new CallEndedException(new Call.ExitStatus.Signal(name));
    }

    static CallEndedException disconnected() {
        return new CallEndedException(new Call.ExitStatus.Disconnected());
    }

    Call.ExitStatus status() {
        return status;
    }
}
