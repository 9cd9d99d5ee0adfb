package dev.lmstudiooperator.lmstudio;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model on disk, as {@code lms ls --json} lists it.
 *
 * @param modelKey the key by which it is loaded; the same key may be listed once per device
 * @param path where the model lies below LM Studio's model folder; several models may share one
 * @param sizeBytes size on disk, not in memory
 * @param deviceIdentifier the linked device that holds it, or null for this machine
 */
public record DownloadedModel(
        String modelKey,
        ModelType type,
        String path,
        long sizeBytes,
        @Nullable String deviceIdentifier) {

    public boolean isLocal() {
        return deviceIdentifier == null;
    }

    /** The keys of those that are on this machine. */
    public static List<String> localKeys(List<DownloadedModel> models) {
        return models.stream()
                .filter(DownloadedModel::isLocal)
                .map(DownloadedModel::modelKey)
                .toList();
    }
}
