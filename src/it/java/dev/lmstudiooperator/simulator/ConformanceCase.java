package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A recorded fact about the real command line: a state, a call, and its result. Omitted fields are not compared.
 *
 * @param given control requests to send first, by name, and {@code load} (a load in progress), {@code manyModels},
 *     {@code preferences} (content of {@code cli-pref.json})
 * @param stdout with spinner frames collapsed to {@code {frames: …}}, and durations to {@code {time}}
 * @param exit the exit code; 128 + number for a signal
 * @param loaded the instances in memory after the call, as the journal summarizes them
 * @param waitsFor the call never ends; the journal contains this reason
 * @param stillRunning the call is still running after its load has stopped reporting progress
 * @param send the signal to send as soon as the call is in progress
 * @param survives the signal does not end the call
 * @param note a comment for readers
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
