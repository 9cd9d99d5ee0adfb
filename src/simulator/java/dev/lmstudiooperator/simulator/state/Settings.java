package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings that tests can change, independent of a call.
 *
 * @param jit a request that names a downloaded model loads it
 * @param autoEvict a JIT load unloads the previous JIT model
 * @param jitTtlSeconds TTL of a JIT model if the request has none
 * @param token required by the HTTP server; null: open
 * @param cpuCostMillis CPU time that the front end uses on each call, like the start of the real one
 * @param loadMillis duration of a load, in simulated time
 * @param memoryBytes limit of the guardrail; 0: none
 * @param lateLoad a load continues if its caller dies without a SIGINT
 * @param listWhileLoading {@code ps} lists models that are still loading
 * @param singleModelFallback if exactly one model is loaded, it answers for any name
 * @param reserveIdentifier the server refuses a load whose identifier belongs to a load in progress; false: both loads
 *     continue, and the one that ends second gets the name {@code ID:2}
 * @param clampContextLength the maximum context length of a load; null: as requested
 * @param overrideContextLength the context length of models in the format {@code safetensors}, regardless of the
 *     request; null: as requested
 * @param inferenceMillis duration of one response, in simulated time
 * @param autostartMillis start time of a daemon; negative: it never starts
 * @param restoreServer the HTTP server starts together with the daemon
 * @param v0 false: {@code /api/v0} is unknown
 * @param v1 false: {@code /api/v1} is unknown, as before LM Studio 0.4
 * @param isDaemon false: the desktop application is the server
 * @param preferredDevice the device that is chosen if several have a model; null: this one
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

    /** Returns these settings with the fields of {@code changes} replaced. An unknown field is an error. */
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
