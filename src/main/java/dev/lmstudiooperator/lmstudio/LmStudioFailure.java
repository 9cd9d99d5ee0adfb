package dev.lmstudiooperator.lmstudio;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The reason why LM Studio did not execute a request. The type determines who can resolve it. An
 * {@link InfrastructureFailure} may be temporary, and the agent retries. A {@link DomainFailure} is reported to the
 * author of the spec.
 *
 * <p>Messages are sanitized and limited in length, so that a status, an event or a log can contain them.
 */
public abstract sealed class LmStudioFailure extends Exception permits InfrastructureFailure, DomainFailure {

    /** The kind of a failure. It determines the type of the failure. */
    public sealed interface Kind permits InfrastructureFailure.Kind, DomainFailure.Kind {

        /** Creates a failure of this kind. */
        LmStudioFailure failure(String message);
    }

    LmStudioFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Returns the kind of this failure. */
    public abstract Kind kind();

    /** Whether this failure is of the given kind. */
    public boolean is(Kind kind) {
        return kind().equals(kind);
    }

    /** Returns a duration as messages name it: in whole seconds, or in milliseconds. */
    public static String readable(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** Returns the message. Never null. */
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
