package dev.lmstudiooperator.lmstudio.cli.process;

/** Thrown when no process was started. */
public final class CannotStartException extends Exception {

    private final Obstacle obstacle;

    /** The reasons why a process cannot start. */
    public enum Obstacle {
        /** The system refused to run the executable. */
        EXECUTABLE,
        /** The output cannot be stored. */
        SCRATCH_FOLDER,
        /** An argument cannot be passed unchanged. */
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
