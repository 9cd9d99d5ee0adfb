package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.annotation.JsonValue;

/** What an instance is doing; there is no loading, unloading or failed. */
public enum Activity {
    IDLE("idle"),
    PROCESSING_PROMPT("processingPrompt"),
    GENERATING("generating"),
    COMPUTING_EMBEDDING("computingEmbedding");

    private final String word;

    Activity(String word) {
        this.word = word;
    }

    @JsonValue
    public String word() {
        return word;
    }
}
