package dev.lmstudiooperator.lmstudio.cli;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerStatus;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses the JSON output of {@code lms}.
 *
 * <p>Values that the operator uses for decisions must be present and have the right type. Otherwise the whole output is
 * unreadable, because the operator would act on a partial list. A descriptive value of another type counts as not
 * reported. Unknown fields are ignored.
 */
final class LmsJsonParser {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LmsJsonParser() {}

    static List<Instance> loaded(String json) throws InfrastructureFailure {
        List<Instance> instances = new ArrayList<>();
        for (JsonFields entry : entries(Operation.LIST_LOADED, json)) {
            Long ttlMs = entry.required("ttlMs").isNull() ? null : (Long) entry.number("ttlMs");
            Long lastUsedMs = entry.optionalNumber("lastUsedTime");
            instances.add(new Instance(
                    entry.text("identifier"),
                    entry.text("modelKey"),
                    type(entry),
                    ttlMs == null ? null : Duration.ofMillis(ttlMs),
                    lastUsedMs == null ? null : Instant.ofEpochMilli(lastUsedMs),
                    entry.integer("contextLength"),
                    entry.optionalInteger("parallel"),
                    activity(entry),
                    requireNonNullElse(entry.optionalInteger("queued"), 0),
                    requireNonNullElse(entry.optionalNumber("sizeBytes"), 0L),
                    entry.optionalText("deviceIdentifier"),
                    entry.reportedText("selectedVariant"),
                    entry.within("quantization").reportedText("name"),
                    entry.reportedInteger("maxContextLength")));
        }
        return List.copyOf(instances);
    }

    static List<DownloadedModel> downloaded(String json) throws InfrastructureFailure {
        List<DownloadedModel> models = new ArrayList<>();
        for (JsonFields entry : entries(Operation.LIST_DOWNLOADED, json)) {
            models.add(new DownloadedModel(
                    entry.text("modelKey"),
                    type(entry),
                    entry.text("path"),
                    requireNonNullElse(entry.optionalNumber("sizeBytes"), 0L),
                    entry.optionalText("deviceIdentifier"),
                    entry.reportedText("format"),
                    entry.reportedText("architecture"),
                    entry.reportedInteger("maxContextLength")));
        }
        return List.copyOf(models);
    }

    static ServerStatus serverStatus(String json) throws InfrastructureFailure {
        JsonNode root = root(Operation.SERVER_STATUS, json);
        JsonFields fields = new JsonFields(Operation.SERVER_STATUS, root);
        return new ServerStatus(fields.bool("running"), fields.optionalInteger("port"));
    }

    static String version(String json) throws InfrastructureFailure {
        JsonFields fields = new JsonFields(Operation.VERSION, root(Operation.VERSION, json));
        String version = TextSanitizer.clean(fields.text("version"));
        if (version.isEmpty()) {
            throw fields.unreadable("version", "a version");
        }
        return version;
    }

    private static List<JsonFields> entries(Operation operation, String json) throws InfrastructureFailure {
        JsonNode root = root(operation, json);
        if (!root.isArray()) {
            throw JsonFields.unreadable(operation, "JSON that is not an array", null);
        }
        List<JsonFields> entries = new ArrayList<>(root.size());
        root.forEach(entry -> entries.add(new JsonFields(operation, entry)));
        return entries;
    }

    private static JsonNode root(Operation operation, String json) throws InfrastructureFailure {
        String text = TextSanitizer.withoutEscapes(json);
        if (text.isBlank()) {
            throw JsonFields.unreadable(operation, "nothing", null);
        }
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw JsonFields.unreadable(
                    operation,
                    "%d characters that are not complete JSON (%s)"
                            .formatted(text.length(), TextSanitizer.clean(e.getOriginalMessage())),
                    e);
        }
    }

    private static ModelType type(JsonFields entry) throws InfrastructureFailure {
        String type = entry.text("type");
        return switch (type) {
            case "llm" -> ModelType.LLM;
            case "embedding" -> ModelType.EMBEDDING;
            default -> throw entry.unreadable("type", "llm or embedding");
        };
    }

    /**
     * Returns the activity of an instance. An unknown activity counts as busy, because an unnecessary wait costs less
     * than an aborted answer.
     */
    private static Activity activity(JsonFields entry) throws InfrastructureFailure {
        String status = entry.optionalText("status");
        return switch (status == null ? "" : status) {
            case "idle" -> Activity.IDLE;
            case "processingPrompt" -> Activity.PROCESSING_PROMPT;
            case "computingEmbedding" -> Activity.COMPUTING_EMBEDDING;
            default -> Activity.GENERATING;
        };
    }
}
