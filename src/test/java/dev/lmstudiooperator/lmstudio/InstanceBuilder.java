package dev.lmstudiooperator.lmstudio;

import static dev.lmstudiooperator.Copies.copy;

import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Builds instances for tests. {@link #anInstance} is an idle language model on this machine that never expires. */
public record InstanceBuilder(Instance build) {

    public static InstanceBuilder anInstance(String identifier, String modelKey) {
        return new InstanceBuilder(new Instance(
                identifier,
                modelKey,
                ModelType.LLM,
                null,
                null,
                4096,
                4,
                Activity.IDLE,
                0,
                5L,
                null,
                null,
                null,
                null));
    }

    public InstanceBuilder type(ModelType type) {
        return with("type", type);
    }

    public InstanceBuilder ttl(@Nullable Duration ttl) {
        return with("ttl", ttl);
    }

    public InstanceBuilder usedAt(@Nullable Instant time) {
        return with("lastUsedAt", time);
    }

    public InstanceBuilder contextLength(int tokens) {
        return with("contextLength", tokens);
    }

    public InstanceBuilder activity(Activity activity) {
        return with("activity", activity);
    }

    public InstanceBuilder queued(int requests) {
        return with("queued", requests);
    }

    public InstanceBuilder sizeBytes(long sizeBytes) {
        return with("sizeBytes", sizeBytes);
    }

    public InstanceBuilder device(@Nullable String device) {
        return with("deviceIdentifier", device);
    }

    private InstanceBuilder with(String component, @Nullable Object value) {
        return new InstanceBuilder(copy(build, component, value));
    }
}
