package dev.lmstudiooperator.lmstudio;

/** LM Studio works and says no. Asking again at once gives the same answer. */
public final class DomainFailure extends LmStudioFailure {

    /** What LM Studio refused. */
    public enum Kind {
        /** No downloaded model has exactly this key on this machine, or nothing in the catalogue has this name. */
        MODEL_NOT_FOUND,
        /** LM Studio's guardrails expect that the memory does not suffice. */
        INSUFFICIENT_MEMORY,
        /** The disk is too small for a download. */
        DISK_FULL,
        /** A download broke off; what has arrived is kept, and the next one goes on there. */
        DOWNLOAD_BROKE_OFF,
        /** Another instance already carries the identifier. */
        IDENTIFIER_TAKEN,
        /** Another client loaded an instance under the identifier during the load. */
        IDENTIFIER_LOST,
        /** A load that is still under way reserves the identifier: no instance carries it yet. */
        IDENTIFIER_RESERVED,
        /** The engine failed while loading, which may be exhausted memory in disguise. */
        ENGINE_FAILED,
        /** An instance vanished while it was looked at: a race with an eviction. */
        INSTANCE_GONE,
        /** A loaded instance has a format that the CLI cannot list. */
        UNLISTABLE_INSTANCE,
        /** LM Studio refused for a reason that is in no catalogue. */
        REFUSED
    }

    private final Kind kind;

    public DomainFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
