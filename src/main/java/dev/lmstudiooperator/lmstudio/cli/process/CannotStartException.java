package dev.lmstudiooperator.lmstudio.cli.process;

/** No process was started. */
public final class CannotStartException extends Exception {

    private final Obstacle obstacle;

    /** What stood in the way. */
    public enum Obstacle {
        /** The system refused to run the executable. */
        EXECUTABLE,
        /** There is no place for the output. */
        SCRATCH_FOLDER,
        /** An argument cannot be handed over as it is. */
        ARGUMENT
    }

    CannotStartException(Obstacle obstacle, String message, Throwable cause) {
        super(message, cause);
        this.obstacle = obstacle;
    }

    CannotStartException(Obstacle obstacle, String message) {
        super(message);
        this.obstacle = obstacle;
    }

    public Obstacle obstacle() {
        return obstacle;
    }
}
