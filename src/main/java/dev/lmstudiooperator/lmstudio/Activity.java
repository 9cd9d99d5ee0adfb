package dev.lmstudiooperator.lmstudio;

/** The current work of an instance. LM Studio has no state for loading, unloading or failed. */
public enum Activity {
    IDLE,
    PROCESSING_PROMPT,
    GENERATING,
    COMPUTING_EMBEDDING
}
