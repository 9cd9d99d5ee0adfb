package dev.lmstudiooperator.agent.verification;

import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds desired models, and possible results of the two sources, for verification tests. */
final class Evidence {

    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    static final Instance LISTED = instance("qwen", ModelType.LLM, null);

    private Evidence() {}

    /** The model {@code qwen} with the identifier {@code chat}, and default values except for the given YAML. */
    static Desired desired(String verification) {
        return spec("verification: {%s}".formatted(verification));
    }

    /** The same for any part of the spec. */
    static Desired spec(String more) {
        return Desired.of(Serialization.unmarshal("""
                        metadata: {name: chat, generation: 1}
                        spec: {model: qwen, %s}
                        """.formatted(more), ManagedModel.class));
    }

    static Instance instance(String modelKey, ModelType type, @Nullable String device) {
        return new Instance(
                "chat",
                modelKey,
                type,
                Duration.ofMinutes(10),
                null,
                4096,
                4,
                Activity.IDLE,
                0,
                5L,
                device,
                null,
                null,
                null);
    }

    static ServedInstance served(String modelKey, @Nullable String identifier, @Nullable Integer contextLength) {
        return new ServedInstance(modelKey, identifier, contextLength, null);
    }

    static Observation observation(Reading<List<Instance>> loaded, Reading<ApiModelList> served) {
        return new Observation(loaded, new Reading.Known<>(List.of(), NOW), served);
    }

    static Reading<List<Instance>> ps(Instance... instances) {
        return new Reading.Known<>(List.of(instances), NOW);
    }

    static Reading<ApiModelList> api(ServedInstance... instances) {
        return new Reading.Known<>(new ApiModelList(Set.of(instances), Set.of("qwen")), NOW);
    }

    static <T> Reading<T> unknown(Kind kind) {
        return new Reading.Unknown<>(new InfrastructureFailure(kind, "it is broken"), NOW);
    }
}
