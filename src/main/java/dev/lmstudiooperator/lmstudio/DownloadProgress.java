package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/**
 * How far LM Studio says that a download has come. It rounds sizes to three digits or so.
 *
 * @param percent whole percent, from 0 to 100
 * @param downloadedBytes null while it does not say
 * @param totalBytes null while it does not say
 */
public record DownloadProgress(
        int percent,
        @Nullable Long downloadedBytes,
        @Nullable Long totalBytes) {

    public DownloadProgress {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("A download is from 0 to 100 % done, not " + percent);
        }
    }
}
