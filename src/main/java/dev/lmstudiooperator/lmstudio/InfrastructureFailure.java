package dev.lmstudiooperator.lmstudio;

/** The way to LM Studio is broken: nothing is known about models, and trying again may help. */
public final class InfrastructureFailure extends LmStudioFailure {

    /** What broke. */
    public enum Kind {
        /** Nobody has looked yet. */
        NOT_LOOKED_YET,
        /** The {@code lms} executable does not exist. */
        CLI_MISSING,
        /** The {@code lms} executable cannot be run, or others than its owner could replace it. */
        CLI_NOT_USABLE,
        /** No end before the deadline; the process tree was killed. */
        TIMED_OUT,
        /** The process died by a signal that the operator did not send. */
        KILLED,
        /** LM Studio does not run, does not listen, or closed the connection. */
        UNREACHABLE,
        /** LM Studio refused the identity of its own CLI, or the HTTP API wants a token. */
        NOT_AUTHENTICATED,
        /** CLI and server do not understand each other. */
        VERSION_MISMATCH,
        /** Output that is cut off, not JSON, or not what was asked for. */
        UNREADABLE_OUTPUT,
        /** The operator cancelled the call. */
        CANCELLED,
        /** LM Studio answered with an error that is in no catalogue. */
        UNKNOWN
    }

    private final Kind kind;

    public InfrastructureFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
