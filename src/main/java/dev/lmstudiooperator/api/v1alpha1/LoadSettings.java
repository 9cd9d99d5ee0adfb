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
                "Context length in tokens, from 1 to 16777216, or \"max\" for the maximum that the model"
                        + " supports. LM Studio may apply another length. More is accepted. With less, the model is not"
                        + " Ready, with reason SettingsNotHonored, but stays Available. Default: LM Studio's own.")
        @Nullable
        IntOrString contextLength,

        @ValidationRule(
                value = "self in ['max', 'off'] || self.matches('^(0([.][0-9]{1,6})?|1([.]0{1,6})?)$')",
                message =
                        "gpu must be \"max\", \"off\", or a share of the layers from \"0\" to \"1\", for example \"0.5\"")
        @JsonPropertyDescription(
                "Share of the model on the GPU: \"max\", \"off\", or a share of the layers from \"0\" to \"1\"."
                        + " Write the quotes: YAML reads an unquoted off as false, and an unquoted 0.5 as a number. LM"
                        + " Studio ignores it for embedding models. Default: LM Studio's own.")
        @Nullable
        String gpu,

        @Min(1)
        @Max(1024)
        @JsonPropertyDescription(
                "Number of requests that are served concurrently, from 1 to 1024. LM Studio ignores it for"
                        + " embedding models. Default: LM Studio's own.")
        @Nullable
        Integer parallel) {

    /** Requests the maximum context length of the model. */
    public static final String MAX = "max";

    /**
     * Requested context length in tokens; null leaves it to LM Studio.
     *
     * @param supported maximum of the model; null if LM Studio does not report it
     */
    public @Nullable Integer contextTokens(@Nullable Integer supported) {
        if (contextLength == null) {
            return null;
        }
        return contextLength.getIntVal() == null ? supported : contextLength.getIntVal();
    }

    /** The requested context length as text; null leaves it to LM Studio. */
    public @Nullable String contextText() {
        return contextLength == null ? null : String.valueOf(contextLength.getValue());
    }

    /** All defaults of LM Studio. */
    public static final LoadSettings DEFAULTS = new LoadSettings(null, null, null);
}
