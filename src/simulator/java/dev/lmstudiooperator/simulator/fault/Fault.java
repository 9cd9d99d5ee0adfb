package dev.lmstudiooperator.simulator.fault;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** An enabled fault with its unparsed parameters. */
public record Fault(long id, String on, FaultKind kind, JsonNode parameters) {

    public String text(String name, String defaultValue) {
        return parameters.path(name).asText(defaultValue);
    }

    public long number(String name, long defaultValue) {
        return parameters.path(name).asLong(defaultValue);
    }

    /** Returns the models that an {@code incomplete} fault keeps. All other faults keep all models. */
    public <T> List<T> retain(List<T> models, Function<T, String> key) {
        if (kind != FaultKind.INCOMPLETE) {
            return models;
        }
        if (parameters.has("without")) {
            var missing = new HashSet<String>();
            parameters.path("without").forEach(modelKey -> missing.add(modelKey.asText()));
            return models.stream()
                    .filter(model -> !missing.contains(key.apply(model)))
                    .toList();
        }
        return models.stream().limit(number("keep", 0)).toList();
    }

    /**
     * Returns whether the fault applies to a call.
     *
     * @param callName the words of a CLI command, {@code "server start"}, or for HTTP {@code "http:POST /v1/x"}
     */
    boolean matches(String callName) {
        return Arrays.stream(on.split(",", -1)).anyMatch(target -> matches(target, callName));
    }

    private static boolean matches(String target, String callName) {
        if (target.equals("any")) {
            return true;
        }
        boolean isHttp = callName.startsWith("http:");
        if (target.equals("http") || target.equals("cli")) {
            return isHttp == target.equals("http");
        }
        if (isHttp && target.startsWith("http:")) {
            var request = callName.substring("http:".length());
            var wanted = target.substring("http:".length());
            return request.equals(wanted)
                    || request.substring(request.indexOf(' ') + 1).equals(wanted);
        }
        return callName.equals(target) || callName.startsWith(target + " ");
    }
}
