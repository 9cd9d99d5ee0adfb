package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A downloaded model. Only the key is required. The defaults are those of a small GGUF model.
 *
 * @param deviceIdentifier null on this machine, otherwise the linked device that has it
 * @param memoryBytes the memory that the guardrail assumes; null: estimated from size and context length
 * @param loadMillis duration of a load; null: as the settings specify
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Model(
        Type type,
        String modelKey,
        String format,
        String displayName,
        String publisher,
        String path,
        long sizeBytes,
        String indexedModelIdentifier,
        @Nullable String deviceIdentifier,
        @Nullable String paramsString,
        @Nullable String architecture,
        @Nullable Quantization quantization,
        List<Variant> variants,
        @Nullable String selectedVariant,
        boolean vision,
        boolean trainedForToolUse,
        long maxContextLength,
        @Nullable Long memoryBytes,
        @Nullable Long loadMillis) {

    /** The two types of models that {@code lms} supports. */
    public enum Type {
        LLM("llm"),
        EMBEDDING("embedding");

        private final String value;

        Type(String value) {
            this.value = value;
        }

        @JsonValue
        public String value() {
            return value;
        }
    }

    /** The quantization of the weights, for example {@code Q4_K_M} with 4 bits. */
    public record Quantization(String name, int bits) {}

    /** One quantization of a catalog model. Its key cannot be loaded. */
    public record Variant(String modelKey, long sizeBytes, Quantization quantization) {}

    /** Creates a model with defaults for missing fields. */
    @JsonCreator
    public static Model of(
            @JsonProperty("type") @Nullable Type type,
            @JsonProperty(value = "modelKey", required = true) String modelKey,
            @JsonProperty("format") @Nullable String format,
            @JsonProperty("displayName") @Nullable String displayName,
            @JsonProperty("publisher") @Nullable String publisher,
            @JsonProperty("path") @Nullable String path,
            @JsonProperty("sizeBytes") @Nullable Long sizeBytes,
            @JsonProperty("indexedModelIdentifier") @Nullable String indexedModelIdentifier,
            @JsonProperty("deviceIdentifier") @Nullable String deviceIdentifier,
            @JsonProperty("paramsString") @Nullable String paramsString,
            @JsonProperty("architecture") @Nullable String architecture,
            @JsonProperty("quantization") @Nullable Quantization quantization,
            @JsonProperty("variants") @Nullable List<Variant> variants,
            @JsonProperty("selectedVariant") @Nullable String selectedVariant,
            @JsonProperty("vision") @Nullable Boolean vision,
            @JsonProperty("trainedForToolUse") @Nullable Boolean trainedForToolUse,
            @JsonProperty("maxContextLength") @Nullable Long maxContextLength,
            @JsonProperty("memoryBytes") @Nullable Long memoryBytes,
            @JsonProperty("loadMillis") @Nullable Long loadMillis) {
        var actualType = type != null ? type : Type.LLM;
        var owner = publisher != null ? publisher : "lmstudio-community";
        var actualPath = path != null ? path : owner + "/" + modelKey + "-GGUF/" + modelKey + "-Q4_K_M.gguf";
        return new Model(
                actualType,
                modelKey,
                Objects.requireNonNullElse(format, "gguf"),
                Objects.requireNonNullElse(displayName, modelKey),
                owner,
                actualPath,
                sizeBytes != null ? sizeBytes : 2_500_000_000L,
                Objects.requireNonNullElse(indexedModelIdentifier, actualPath),
                deviceIdentifier,
                paramsString,
                Objects.requireNonNullElse(architecture, "qwen3"),
                quantization != null ? quantization : new Quantization("Q4_K_M", 4),
                variants != null ? List.copyOf(variants) : List.of(),
                selectedVariant,
                vision != null && vision,
                trainedForToolUse == null || trainedForToolUse,
                maxContextLength != null ? maxContextLength : 40_960,
                memoryBytes,
                loadMillis);
    }

    public boolean isLocal() {
        return deviceIdentifier == null;
    }

    /** Returns whether the model is in the format of Apple's MLX. */
    public boolean isMlx() {
        return format.equals("safetensors");
    }

    /** Returns the name of the format in the HTTP API. */
    public String httpFormat() {
        return isMlx() ? "mlx" : format;
    }

    public boolean isLlm() {
        return type == Type.LLM;
    }

    /** Returns the memory for this context length: the size on disk plus 1 GiB for each 8192 tokens. */
    public long estimatedBytes(long contextLength) {
        return sizeBytes + contextLength * (1L << 30) / 8192;
    }

    /** Returns the memory that the guardrail assumes. */
    public long requiredBytes(long contextLength) {
        return memoryBytes != null ? memoryBytes : estimatedBytes(contextLength);
    }
}
