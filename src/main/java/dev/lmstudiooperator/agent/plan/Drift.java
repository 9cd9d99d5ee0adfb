package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The differences between an instance and its desired state. A larger context than requested is not drift. Settings
 * that LM Studio does not report, such as the GPU share, cannot be compared.
 *
 * @param isOtherModel whether the instance is of another model
 * @param differences one phrase per difference, with both values
 */
public record Drift(boolean isOtherModel, List<String> differences) {

    public static Drift between(Desired desired, Instance instance) {
        List<String> differences = new ArrayList<>();
        boolean isOtherModel = !desired.modelKey().equals(instance.modelKey());
        if (isOtherModel) {
            differences.add("the model is %s instead of %s".formatted(instance.modelKey(), desired.modelKey()));
        }
        if (!desired.ttl().equals(instance.ttl())) {
            differences.add("the TTL is %s instead of %d s"
                    .formatted(text(instance.ttl()), desired.ttl().toSeconds()));
        }
        Integer contextLength = desired.load().contextTokens(instance.maxContextLength());
        if (contextLength != null && contextLength > instance.contextLength()) {
            differences.add(
                    "the context length is %d instead of %d".formatted(instance.contextLength(), contextLength));
        }
        Integer parallel = desired.load().parallel();
        if (parallel != null && instance.type() == ModelType.LLM && !parallel.equals(instance.parallel())) {
            differences.add("the parallelism is %s instead of %d".formatted(instance.parallel(), parallel));
        }
        return new Drift(isOtherModel, List.copyOf(differences));
    }

    public boolean exists() {
        return !differences.isEmpty();
    }

    public String describe() {
        return String.join(", ", differences);
    }

    private static String text(@Nullable Duration ttl) {
        return ttl == null ? "none" : ttl.toSeconds() + " s";
    }
}
