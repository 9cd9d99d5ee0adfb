package dev.lmstudiooperator.lmstudio;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk, as {@code lms ls --json} lists it.
 *
 * @param modelKey the key for loading the model; the list may contain the same key once per device
 * @param path the location of the model below LM Studio's model folder; several models may share one path
 * @param sizeBytes size on disk, not in memory
 * @param deviceIdentifier the linked device that stores the model; null for this machine
 * @param format the file format, such as {@code gguf}; null when LM Studio does not report it
 * @param architecture the architecture, such as {@code qwen3}; null when LM Studio does not report it
 * @param maxContextLength the longest supported context, in tokens; null when LM Studio does not report it
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

    /** The types of model that LM Studio serves. The type determines which request verifies an instance. */
    public enum ModelType {
        LLM,
        EMBEDDING
    }

    /** The formats of language models that {@code lms ps --json} can list. */
    private static final Set<String> LISTABLE_FORMATS = Set.of("gguf", "safetensors");

    public boolean isLocal() {
        return deviceIdentifier == null;
    }

    /**
     * Whether the path is a valid argument of {@code lms load --exact}. Does not check whether other models share the
     * path.
     */
    public boolean isPathUsable() {
        return ArgumentText.isUsable(path);
    }

    /** Whether {@code lms load} considers the model. It skips every architecture whose name contains "clip". */
    public boolean isKnownToLoad() {
        return architecture == null || !architecture.contains("clip");
    }

    /**
     * Whether {@code lms ps --json} works while the model is loaded. One unlistable instance makes the whole list fail.
     */
    public boolean isListable() {
        return type != ModelType.LLM || format == null || LISTABLE_FORMATS.contains(format);
    }

    public boolean isLoadable() {
        return isKnownToLoad() && isListable();
    }
}
