package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A fact about the real command line: a situation, a call, and what came out. What is left out is not compared.
 *
 * @param given controls to post first, by their name, and {@code load} (a load under way), {@code manyModels},
 *     {@code preferences} (content of {@code cli-pref.json})
 * @param stdout spinner frames collapsed to {@code {frames: …}}, durations to {@code {time}}
 * @param exit 128 + number for a signal
 * @param loaded what is in memory afterwards, as the journal would summarise it
 * @param waitsFor the call never ends; the journal says why
 * @param stillRunning the call has not ended when its load has gone silent
 * @param send signal to send as soon as the call is under way
 * @param survives the signal does not end it
 * @param note for the reader
 */
record ConformanceCase(
        @Nullable List<Map<String, JsonNode>> given,
        @JsonProperty(required = true) List<String> argv,
        @Nullable Map<String, String> env,
        @Nullable Integer exit,
        @Nullable String stdout,
        @Nullable Integer stdoutBytes,
        boolean stdoutIsJson,
        @Nullable String stdoutTo,
        @Nullable String stderr,
        @Nullable List<String> stderrContains,
        @Nullable List<String> loaded,
        @Nullable List<String> effects,
        @Nullable String waitsFor,
        boolean stillRunning,
        @Nullable String send,
        boolean survives,
        @Nullable Integer thenAdvanceSeconds,
        @Nullable String note) {

    boolean neverEnds() {
        return waitsFor != null && send == null;
    }
}
