package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.annotation.JsonValue;

/** The activity of an instance. There is no loading, unloading or failed. */
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
