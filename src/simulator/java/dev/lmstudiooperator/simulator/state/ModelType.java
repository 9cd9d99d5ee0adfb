package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.annotation.JsonValue;

/** The two kinds of models that {@code lms} knows. */
public enum ModelType {
    LLM("llm"),
    EMBEDDING("embedding");

    private final String word;

    ModelType(String word) {
        this.word = word;
    }

    @JsonValue
    public String word() {
        return word;
    }
}
