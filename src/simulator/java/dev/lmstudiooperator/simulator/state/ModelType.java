package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.annotation.JsonValue;

/** The two types of models that {@code lms} supports. */
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
