package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** How far a download has come. Written when the whole percent has changed, and no more often than every ten seconds. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DownloadStatus(
        @JsonPropertyDescription("What is downloaded: the exact name in LM Studio's catalogue, owner/name.")
        String source,

        @Min(0)
        @Max(100)
        @JsonPropertyDescription("How much of it has arrived, in whole percent, from 0 to 100; absent before LM Studio"
                + " says anything.")
        @Nullable
        Integer percent,

        @Min(0)
        @JsonPropertyDescription("How much of it has arrived, in bytes, as LM Studio rounds it; absent before LM Studio"
                + " says anything.")
        @Nullable
        Long downloadedBytes,

        @Min(0)
        @JsonPropertyDescription(
                "How large it is, in bytes, as LM Studio rounds it; absent before LM Studio says" + " anything.")
        @Nullable
        Long totalBytes) {}
