package dev.lmstudiooperator.lmstudio;

/** The kinds of model that LM Studio serves; it decides which request proves that an instance answers. */
public enum ModelType {
    LLM,
    EMBEDDING
}
