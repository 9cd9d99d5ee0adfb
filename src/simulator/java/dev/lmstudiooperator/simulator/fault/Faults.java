package dev.lmstudiooperator.simulator.fault;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The enabled faults. Each applies to a number of calls, or until it is revoked. */
public final class Faults {

    private final Map<Long, Fault> active = new LinkedHashMap<>();
    private final Map<Long, Integer> remaining = new LinkedHashMap<>();
    private long lastId;

    /**
     * Enables a fault.
     *
     * @param times number of calls; 0: until revoked
     */
    public synchronized Fault add(String on, FaultKind kind, int times, JsonNode parameters) {
        var fault = new Fault(++lastId, on, kind, parameters);
        active.put(fault.id(), fault);
        if (times > 0) {
            remaining.put(fault.id(), times);
        }
        return fault;
    }

    public synchronized boolean revoke(long id) {
        remaining.remove(id);
        return active.remove(id) != null;
    }

    public synchronized void revokeAll() {
        active.clear();
        remaining.clear();
    }

    public synchronized List<Fault> active() {
        return List.copyOf(active.values());
    }

    /** Returns the faults that apply to this call, and counts the call for each of them. */
    public synchronized List<Fault> match(String callName) {
        var matching = new ArrayList<Fault>();
        for (var fault : List.copyOf(active.values())) {
            if (fault.matches(callName)) {
                matching.add(fault);
                count(fault.id());
            }
        }
        return matching;
    }

    private void count(long id) {
        var callsLeft = remaining.computeIfPresent(id, (key, before) -> before - 1);
        if (callsLeft != null && callsLeft == 0) {
            revoke(id);
        }
    }
}
