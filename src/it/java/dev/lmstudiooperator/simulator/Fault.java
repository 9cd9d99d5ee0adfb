package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * A fault to enable. The README of the simulator lists the kinds and parameters.
 *
 * @param on {@code ps}, {@code load}, {@code server status}, {@code cli}, {@code http}, {@code http:/v1/models}, {@code
 *     http:POST /v1/chat/completions}, {@code any}
 * @param times number of affected calls; 0: until revoked
 */
public record Fault(String on, String kind, int times, Map<String, Object> parameters) {

    /** Affects every such call until it is revoked. */
    public static Fault on(String calls, String kind) {
        return new Fault(calls, kind, 0, Map.of());
    }

    public Fault once() {
        return times(1);
    }

    public Fault times(int number) {
        return new Fault(on, kind, number, parameters);
    }

    public Fault with(String parameter, Object value) {
        var more = new java.util.HashMap<>(parameters);
        more.put(parameter, value);
        return new Fault(on, kind, times, Map.copyOf(more));
    }

    ObjectNode json() {
        var node = SimulatorProcess.object().put("on", on).put("kind", kind).put("times", times);
        parameters.forEach(node::putPOJO);
        return node;
    }
}
