package dev.lmstudiooperator.simulator.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;
import java.time.Instant;
import java.util.Arrays;

/** The JSON format of instances for tests. */
final class InstanceJson {

    private InstanceJson() {}

    static ObjectNode describe(Instance instance) {
        var node = Json.object()
                .put("identifier", instance.identifier())
                .put("modelKey", instance.model().modelKey())
                .put("deviceIdentifier", instance.model().deviceIdentifier());
        node.set("ttlMs", instance.ttlMs() == null ? null : Json.number(instance.ttlMs()));
        node.put(
                "lastUsedTime",
                instance.lastUsed() == null
                        ? null
                        : Long.valueOf(instance.lastUsed().toEpochMilli()));
        return node.put("contextLength", instance.contextLength())
                .put("parallel", instance.parallel())
                .put("status", instance.activity().value())
                .put("queued", instance.queued())
                .put("jit", instance.jit())
                .put("engineDead", instance.engineDead())
                .put("stuck", instance.stuck());
    }

    /** Returns the instance with the fields of the request changed. */
    static Instance patched(Instance before, JsonNode changes) {
        boolean stuck = changes.path("stuck").asBoolean(before.stuck());
        // The requests that hang get no response. An engine that works again is idle.
        var base = before.stuck() && !stuck ? before.withActivity(Instance.Activity.IDLE, 0) : before;
        var activity = changes.has("status") ? activity(changes.path("status").asText()) : base.activity();
        var after = base.withActivity(activity, changes.path("queued").asInt(base.queued()))
                .with(
                        changes.has("ttlMs") ? Json.real(changes, "ttlMs") : before.ttlMs(),
                        changes.path("contextLength").asLong(before.contextLength()),
                        changes.path("engineDead").asBoolean(before.engineDead()),
                        stuck);
        var lastUsed = Json.whole(changes, "lastUsedTime");
        return lastUsed == null ? after : after.usedAt(Instant.ofEpochMilli(lastUsed));
    }

    private static Instance.Activity activity(String value) {
        return Arrays.stream(Instance.Activity.values())
                .filter(candidate -> candidate.value().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no status " + value));
    }
}
