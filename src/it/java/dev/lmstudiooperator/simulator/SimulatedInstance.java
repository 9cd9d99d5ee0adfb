package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** An instance in the simulator. */
public record SimulatedInstance(
        String identifier,
        String modelKey,
        Optional<Duration> ttl,
        long contextLength,
        String status,
        int queued,
        boolean jit,
        boolean engineDead,
        Optional<String> deviceIdentifier) {

    static SimulatedInstance of(JsonNode node) {
        var ttl = node.path("ttlMs");
        return new SimulatedInstance(
                node.path("identifier").asText(),
                node.path("modelKey").asText(),
                ttl.isNumber() ? Optional.of(Duration.ofMillis(ttl.asLong())) : Optional.empty(),
                node.path("contextLength").asLong(),
                node.path("status").asText(),
                node.path("queued").asInt(),
                node.path("jit").asBoolean(),
                node.path("engineDead").asBoolean(),
                Optional.ofNullable(node.path("deviceIdentifier").textValue()));
    }

    static java.util.List<SimulatedInstance> list(JsonNode nodes) {
        return StreamSupport.stream(nodes.spliterator(), false)
                .map(SimulatedInstance::of)
                .toList();
    }

    /** Returns the summary that the journal uses for effects: {@code team-a qwen3-4b ttl=600 context=4096}. */
    public String summary() {
        return identifier + " " + modelKey + " ttl="
                + ttl.map(time -> Long.toString(time.toSeconds())).orElse("none") + " context=" + contextLength
                + deviceIdentifier.map(device -> " device=" + device).orElse("");
    }
}
