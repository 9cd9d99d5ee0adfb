package dev.lmstudiooperator.simulator.fault;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** A misbehaviour that is switched on, with its parameters as they were given. */
public record Fault(long id, String on, FaultKind kind, JsonNode parameters) {

    public String text(String name, String otherwise) {
        return parameters.path(name).asText(otherwise);
    }

    public long number(String name, long otherwise) {
        return parameters.path(name).asLong(otherwise);
    }

    /** What this fault leaves of the list of models: all of it, unless it is an {@code incomplete} one. */
    public <T> List<T> leaves(List<T> models, Function<T, String> key) {
        if (kind != FaultKind.INCOMPLETE) {
            return models;
        }
        if (parameters.has("without")) {
            var missing = new HashSet<String>();
            parameters.path("without").forEach(one -> missing.add(one.asText()));
            return models.stream()
                    .filter(model -> !missing.contains(key.apply(model)))
                    .toList();
        }
        return models.stream().limit(number("keep", 0)).toList();
    }

    /**
     * Whether it concerns a call.
     *
     * @param callName for the CLI the words of the command, {@code "server start"}; for HTTP {@code "http:POST /v1/x"}
     */
    boolean concerns(String callName) {
        return Arrays.stream(on.split(",", -1)).anyMatch(one -> concerns(one, callName));
    }

    private static boolean concerns(String on, String callName) {
        if (on.equals("any")) {
            return true;
        }
        boolean isHttp = callName.startsWith("http:");
        if (on.equals("http") || on.equals("cli")) {
            return isHttp == on.equals("http");
        }
        if (isHttp && on.startsWith("http:")) {
            var request = callName.substring("http:".length());
            var wanted = on.substring("http:".length());
            return request.equals(wanted)
                    || request.substring(request.indexOf(' ') + 1).equals(wanted);
        }
        return callName.equals(on) || callName.startsWith(on + " ");
    }
}
