package dev.lmstudiooperator.lmstudio;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A failure to communicate with LM Studio. The state of the models is unknown, and a retry may succeed. */
public final class InfrastructureFailure extends LmStudioFailure {

    /** The kinds of communication failure. */
    public enum Kind implements LmStudioFailure.Kind {
        /** No read has been attempted yet. */
        NOT_OBSERVED_YET,
        /** The {@code lms} executable does not exist. */
        CLI_MISSING,
        /** The operator cannot run the {@code lms} executable, or users other than its owner could replace it. */
        CLI_NOT_USABLE,
        /** The process did not end before the deadline. The operator killed the process tree. */
        TIMED_OUT,
        /** A signal that the operator did not send ended the process. */
        KILLED,
        /** LM Studio is not running, is not listening, or closed the connection. */
        UNREACHABLE,
        /** LM Studio rejected the key of its own CLI, or the HTTP API requires a token. */
        NOT_AUTHENTICATED,
        /** The CLI and the server use incompatible protocol versions. */
        VERSION_MISMATCH,
        /** The output is truncated, is not JSON, or has unexpected content. */
        UNREADABLE_OUTPUT,
        /** The operator cancelled the call. */
        CANCELLED,
        /** The circuit breaker rejected the call after too many consecutive failures. */
        CIRCUIT_OPEN,
        /** The maximum number of concurrent calls is running. */
        TOO_MANY_CALLS,
        /** LM Studio returned an error that the operator does not recognize. */
        UNKNOWN;

        @Override
        public InfrastructureFailure failure(String message) {
            return new InfrastructureFailure(this, message);
        }
    }

    private final Kind kind;
    private final @Nullable Instant retryAt;

    public InfrastructureFailure(Kind kind, String message) {
        this(kind, message, null);
    }

    /** @param cause null if no other exception caused the failure */
    public InfrastructureFailure(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, null, cause);
    }

    /**
     * @param retryAt the earliest time at which a retry can succeed; null if a retry may succeed at any time
     * @param cause null if no other exception caused the failure
     */
    public InfrastructureFailure(Kind kind, String message, @Nullable Instant retryAt, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAt = retryAt;
    }

    /** Returns the time before which the same call fails in the same way. Empty if unknown. */
    public Optional<Instant> retryAt() {
        return Optional.ofNullable(retryAt);
    }

    @Override
    public Kind kind() {
        return kind;
    }
}
