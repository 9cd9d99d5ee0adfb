package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/**
 * The progress of a download, as LM Studio reports it. LM Studio rounds sizes to about three digits.
 *
 * @param percent whole percent, from 0 to 100
 * @param downloadedBytes null while LM Studio does not report it
 * @param totalBytes null while LM Studio does not report it
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
