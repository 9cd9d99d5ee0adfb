package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Settings that are passed to {@code lms load}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LoadSettings(
        @Min(1)
        @Max(16777216)
        @JsonPropertyDescription(
                "Length of the context in tokens, from 1 to 16777216. LM Studio may clamp it to what the"
                        + " model supports, which is then the reason SettingsNotHonored. Default: LM Studio's own.")
        @Nullable
        Integer contextLength,

        @ValidationRule(
                value = "self in ['max', 'off'] || self.matches('^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$')",
                message =
                        "gpu must be \"max\", \"off\", or a share of the layers from \"0\" to \"1\", for example \"0.5\"")
        @JsonPropertyDescription(
                "How much of the model goes to the GPU: \"max\", \"off\", or the share of its layers from"
                        + " \"0\" to \"1\". Write the quotes: YAML takes a bare off for false, and a bare 0.5 for a"
                        + " number. Ignored by LM Studio for embedding models. Default: LM Studio's own.")
        @Nullable
        String gpu,

        @Min(1)
        @Max(1024)
        @JsonPropertyDescription(
                "How many requests are served at once, from 1 to 1024. Ignored by LM Studio for embedding"
                        + " models. Default: LM Studio's own.")
        @Nullable
        Integer parallel) {

    /** Everything left to LM Studio. */
    public static final LoadSettings DEFAULTS = new LoadSettings(null, null, null);
}
