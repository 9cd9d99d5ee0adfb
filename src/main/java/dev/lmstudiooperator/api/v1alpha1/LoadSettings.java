package dev.lmstudiooperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import org.jspecify.annotations.Nullable;

/** Settings that are passed to {@code lms load}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LoadSettings(
        @ValidationRule(
                value = "type(self) == int ? self >= 1 && self <= 16777216 : self == 'max'",
                message = "contextLength must be a number of tokens from 1 to 16777216, or \"max\"")
        @JsonPropertyDescription(
                "Length of the context in tokens, from 1 to 16777216, or \"max\" for as much as the model"
                        + " supports. LM Studio may set another one. More is accepted. Less makes the model not Ready, with"
                        + " reason SettingsNotHonored, but it stays Available. Default: LM Studio's own.")
        @Nullable
        IntOrString contextLength,

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

    /** The word that asks for as much context as the model supports. */
    public static final String MAX = "max";

    /**
     * How many tokens of context are asked for; null leaves it to LM Studio.
     *
     * @param supported how many the model supports; null when LM Studio does not report it
     */
    public @Nullable Integer contextTokens(@Nullable Integer supported) {
        if (contextLength == null) {
            return null;
        }
        return contextLength.getIntVal() == null ? supported : contextLength.getIntVal();
    }

    /** The same for people, and for a hash; null leaves it to LM Studio. */
    public @Nullable String contextText() {
        return contextLength == null ? null : String.valueOf(contextLength.getValue());
    }

    /** Everything left to LM Studio. */
    public static final LoadSettings DEFAULTS = new LoadSettings(null, null, null);
}
