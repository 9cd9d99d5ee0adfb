package dev.lmstudiooperator.lmstudio;

/**
 * Why LM Studio did not do what it was asked. The type says who can help: an {@link InfrastructureFailure} may pass by
 * itself and is retried, a {@link DomainFailure} is a fact that is told to whoever wrote the spec.
 *
 * <p>Messages are cleaned and cut: they may be shown in a status, an event or a log.
 */
public abstract sealed class LmStudioFailure extends Exception permits InfrastructureFailure, DomainFailure {

    LmStudioFailure(String message) {
        super(message);
    }

    /** The message, which is never absent. */
    public String explanation() {
        return String.valueOf(getMessage());
    }
}
