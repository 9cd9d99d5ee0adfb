package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.simulator.journal.Entry;

/** A request with the journal entry for its effects. */
record Request(String method, String path, JsonNode body, Entry entry) {

    boolean is(String wantedMethod, String wantedPath) {
        return method.equals(wantedMethod) && path.equals(wantedPath);
    }

    String model() {
        return body.path("model").asText("");
    }
}
