package dev.lmstudiooperator.lmstudio;

import static dev.lmstudiooperator.Copies.copy;

import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import org.jspecify.annotations.Nullable;

/** Builds downloaded models for tests. {@link #aDownloadedModel} is a language model on the disk of this machine. */
public record DownloadedModelBuilder(DownloadedModel build) {

    public static DownloadedModelBuilder aDownloadedModel(String modelKey) {
        return new DownloadedModelBuilder(
                new DownloadedModel(modelKey, ModelType.LLM, modelKey + ".gguf", 5L, null, null, null, null));
    }

    public DownloadedModelBuilder path(String path) {
        return with("path", path);
    }

    public DownloadedModelBuilder device(@Nullable String device) {
        return with("deviceIdentifier", device);
    }

    private DownloadedModelBuilder with(String component, @Nullable Object value) {
        return new DownloadedModelBuilder(copy(build, component, value));
    }
}
