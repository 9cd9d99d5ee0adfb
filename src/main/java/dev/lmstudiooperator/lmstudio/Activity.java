package dev.lmstudiooperator.lmstudio;

/** What an instance is doing. LM Studio knows no state for loading, unloading or failed. */
public enum Activity {
    IDLE,
    PROCESSING_PROMPT,
    GENERATING,
    COMPUTING_EMBEDDING
}
