package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import org.jspecify.annotations.Nullable;

/**
 * A running download for one ManagedModel.
 *
 * @param source the model that is downloaded
 * @param progress the last progress that the status reported; null if LM Studio has not reported any
 */
public record Download(String source, @Nullable DownloadProgress progress) {}
