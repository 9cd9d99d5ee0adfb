package dev.lmstudiooperator.lmstudio;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
        /** The circuit breaker let no call pass, after too many failures in a row. */
        CIRCUIT_OPEN,
        /** As many calls as may run at once were running. */
        TOO_MANY_CALLS,
        /** LM Studio answered with an error that is in no catalogue. */
        UNKNOWN
    }

    private final Kind kind;
    private final @Nullable Instant retryAt;

    public InfrastructureFailure(Kind kind, String message) {
        this(kind, message, null);
    }

    /** @param retryAt the next time that it is worth asking; null when it is worth it at any time */
    public InfrastructureFailure(Kind kind, String message, @Nullable Instant retryAt) {
        super(message);
        this.kind = kind;
        this.retryAt = retryAt;
    }

    /** Before this time the same call fails in the same way; empty when nobody can tell. */
    public Optional<Instant> retryAt() {
        return Optional.ofNullable(retryAt);
    }

    public Kind kind() {
        return kind;
    }
}
