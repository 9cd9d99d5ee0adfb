package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.DownloadProgress;
import org.jspecify.annotations.Nullable;

/**
 * A download that is under way for one ManagedModel.
 *
 * @param source what is downloaded
 * @param progress how far it has come, as it was last told to the status; null when LM Studio has not said yet
 */
public record Download(String source, @Nullable DownloadProgress progress) {}
