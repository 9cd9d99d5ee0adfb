package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What tests can set without naming a call.
 *
 * @param jit a request that names a downloaded model loads it
 * @param autoEvict a JIT load unloads the previous JIT model
 * @param jitTtlSeconds idle time to live of a JIT model when the request names none
 * @param token needed by the HTTP server; null: open
 * @param cpuCostMillis CPU time burnt by the front end on each call, as the start of the real one does
 * @param loadMillis duration of a load, in simulated time
 * @param memoryBytes limit of the guardrail; 0: none
 * @param lateLoad a load goes on when its caller dies without a SIGINT
 * @param listWhileLoading {@code ps} shows models that are still loading
 * @param singleModelFallback with exactly one model loaded, it answers for any name
 * @param reserveIdentifier the identifier of a load under way is refused to another load; false: both loads go on, and the
 *     one that ends second gets the name {@code ID:2}
 * @param clampContextLength largest context length that a load really gets; null: as asked
 * @param overrideContextLength context length that models in the format {@code safetensors} get, whatever was asked; null: as
 *     asked
 * @param inferenceMillis duration of one answer, in simulated time
 * @param autostartMillis how long a daemon needs to start; negative: it never does
 * @param restoreServer the HTTP server comes back with the daemon
 * @param v0 false: {@code /api/v0} is unknown
 * @param v1 false: {@code /api/v1} is unknown, as before LM Studio 0.4
 * @param isDaemon false: the desktop application is the server
 * @param preferredDevice which device wins when several have a model; null: this one
 * @param devices names of linked devices by identifier
 */
@JsonIgnoreProperties(ignoreUnknown = false)
public record Settings(
        boolean jit,
        boolean autoEvict,
        long jitTtlSeconds,
        @Nullable String token,
        long cpuCostMillis,
        long loadMillis,
        long memoryBytes,
        boolean lateLoad,
        boolean listWhileLoading,
        boolean singleModelFallback,
        boolean reserveIdentifier,
        @Nullable Long clampContextLength,
        @Nullable Long overrideContextLength,
        long defaultContextLength,
        long inferenceMillis,
        long downloadMillis,
        long autostartMillis,
        boolean restoreServer,
        boolean v0,
        boolean v1,
        boolean isDaemon,
        String version,
        String commit,
        @Nullable String preferredDevice,
        Map<String, String> devices) {

    private static final long GIB = 1L << 30;

    public static Settings defaults() {
        return new Settings(
                true,
                true,
                3600,
                null,
                0,
                200,
                32 * GIB,
                true,
                false,
                true,
                true,
                null,
                null,
                4096,
                5,
                500,
                300,
                false,
                true,
                true,
                true,
                "0.4.21+2",
                "07b7252",
                null,
                Map.of("dev-remote-01", "gpu-box"));
    }

    /** These settings with the fields of {@code changes} replaced; an unknown field is an error. */
    public Settings patched(JsonNode changes) throws JsonProcessingException {
        ObjectNode all = Json.MAPPER.valueToTree(this);
        if (changes instanceof ObjectNode fields) {
            all.setAll(fields);
        }
        return Json.MAPPER.treeToValue(all, Settings.class);
    }

    public String deviceName(String identifier) {
        return devices.getOrDefault(identifier, identifier);
    }
}
