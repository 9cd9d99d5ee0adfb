package dev.lmstudiooperator.lmstudio;

/**
 * The reason why LM Studio did not execute a request. The type determines who can resolve it. An
 * {@link InfrastructureFailure} may be temporary, and the agent retries. A {@link DomainFailure} is reported to the
 * author of the spec.
 *
 * <p>Messages are sanitized and limited in length, so that a status, an event or a log can contain them.
 */
public abstract sealed class LmStudioFailure extends Exception permits InfrastructureFailure, DomainFailure {

    LmStudioFailure(String message) {
        super(message);
    }

    /** Returns the message. Never null. */
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
