package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/** A refusal by a working LM Studio. An immediate retry gets the same result. */
public final class DomainFailure extends LmStudioFailure {

    /** The kinds of refusal. */
    public enum Kind implements LmStudioFailure.Kind {
        /** No downloaded model on this machine has exactly this key, or the catalogue has no model of this name. */
        MODEL_NOT_FOUND,
        /** LM Studio's guardrails expect insufficient memory for the load. */
        INSUFFICIENT_MEMORY,
        /** The disk has too little free space for a download. */
        DISK_FULL,
        /** A download was interrupted. LM Studio keeps the received data, and the next download resumes there. */
        DOWNLOAD_BROKE_OFF,
        /** Another instance already has the identifier. */
        IDENTIFIER_TAKEN,
        /** Another client loaded an instance under the identifier during the load. */
        IDENTIFIER_LOST,
        /** A load in progress reserves the identifier. No instance has it yet. */
        IDENTIFIER_RESERVED,
        /** The engine failed during a load. The cause may be exhausted memory. */
        ENGINE_FAILED,
        /** An instance disappeared during a read, because of a concurrent eviction. */
        INSTANCE_GONE,
        /** A loaded instance has a format that {@code lms ps} cannot list. */
        UNLISTABLE_INSTANCE,
        /** LM Studio refused for a reason that the operator does not recognize. */
        REFUSED;

        @Override
        public DomainFailure failure(String message) {
            return new DomainFailure(this, message);
        }
    }

    private final Kind kind;

    public DomainFailure(Kind kind, String message) {
        this(kind, message, null);
    }

    /** @param cause null if no other exception caused the failure */
    public DomainFailure(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    @Override
    public Kind kind() {
        return kind;
    }
}
