package dev.lmstudiooperator.lmstudio;

/** The types of model that LM Studio serves. The type determines which request verifies an instance. */
public enum ModelType {
    LLM,
    EMBEDDING
}
