package dev.lmstudiooperator.simulator.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Json;
import java.time.Instant;

/** The record of one call or one load, from its start to its end. */
public final class Entry {

    private final Journal journal;
    private final long seq;
    private final ObjectNode fields;

    Entry(Journal journal, long seq, ObjectNode fields) {
        this.journal = journal;
        this.seq = seq;
        this.fields = fields;
    }

    public long seq() {
        return seq;
    }

    /** Adds an effect of the call, for example {@code loaded team-a qwen3-4b ttl=600 context=4096}. */
    public synchronized void effect(String effect) {
        fields.withArray("effect").add(effect);
    }

    /** Adds the current state of the call, for example {@code prompt}. Tests use it for calls that never end. */
    public synchronized void waitsFor(String what) {
        fields.put("waitsFor", what);
        journal.write(fields.deepCopy().put("event", "waiting"));
    }

    public synchronized void finish(ObjectNode outcome) {
        if (fields.has("endedAt")) {
            return;
        }
        fields.put("event", "finished").put("endedAt", Instant.now().toString());
        fields.remove("waitsFor");
        fields.setAll(outcome);
        fields.withArray("effect");
        journal.write(fields);
    }

    public void finish(String field, String value) {
        finish(Json.object().put(field, value));
    }

    synchronized ObjectNode snapshot() {
        return fields.deepCopy();
    }
}
