package dev.lmstudiooperator.lmstudio;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk, as {@code lms ls --json} lists it.
 *
 * @param modelKey the key by which it is loaded; the same key may be listed once per device
 * @param path where the model lies below LM Studio's model folder; several models may share one
 * @param sizeBytes size on disk, not in memory
 * @param deviceIdentifier the linked device that holds it, or null for this machine
 * @param format the file format, such as {@code gguf}; null when LM Studio does not report it
 * @param architecture such as {@code qwen3}; null when LM Studio does not report it
 * @param maxContextLength the longest context that the model supports, in tokens; null when LM Studio does not report it
 */
public record DownloadedModel(
        String modelKey,
        ModelType type,
        String path,
        long sizeBytes,
        @Nullable String deviceIdentifier,
        @Nullable String format,
        @Nullable String architecture,
        @Nullable Integer maxContextLength) {

    /** The formats of language models that {@code lms ps --json} can list. */
    private static final Set<String> LISTABLE_FORMATS = Set.of("gguf", "safetensors");

    public boolean isLocal() {
        return deviceIdentifier == null;
    }

    /** Whether {@code lms load --exact} can be given the path. Whether other models share the path is not asked here. */
    public boolean isPathUsable() {
        return ArgumentText.isUsable(path);
    }

    /** Whether {@code lms load} considers the model: it skips every architecture whose name contains "clip". */
    public boolean isKnownToLoad() {
        return architecture == null || !architecture.contains("clip");
    }

    /** Whether {@code lms ps --json} still works after the model is loaded: one unlistable instance fails the whole list. */
    public boolean isListable() {
        return type != ModelType.LLM || format == null || LISTABLE_FORMATS.contains(format);
    }

    public boolean isLoadable() {
        return isKnownToLoad() && isListable();
    }

    /** The keys of those that are on this machine. */
    public static List<String> localKeys(List<DownloadedModel> models) {
        return models.stream()
                .filter(DownloadedModel::isLocal)
                .map(DownloadedModel::modelKey)
                .toList();
    }
}
