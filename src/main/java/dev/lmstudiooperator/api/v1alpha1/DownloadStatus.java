package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** Progress of a download. Updated when the whole percent changes, at most every ten seconds. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DownloadStatus(
        @JsonPropertyDescription("Exact name in LM Studio's catalogue, owner/name.")
        String source,

        @Min(0)
        @Max(100)
        @JsonPropertyDescription("Progress in whole percent, from 0 to 100; absent until LM Studio reports it.")
        @Nullable
        Integer percent,

        @Min(0)
        @JsonPropertyDescription("Downloaded bytes, as LM Studio rounds them; absent until LM Studio reports them.")
        @Nullable
        Long downloadedBytes,

        @Min(0)
        @JsonPropertyDescription("Total size in bytes, as LM Studio rounds it; absent until LM Studio reports it.")
        @Nullable
        Long totalBytes) {}
