package dev.lmstudiooperator.agent.verification;

import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;

import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
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
        return Desired.of(ManagedModels.chat(more));
    }

    static Instance instance(String modelKey, ModelType type, @Nullable String device) {
        return anInstance("chat", modelKey)
                .type(type)
                .ttl(Duration.ofMinutes(10))
                .device(device)
                .build();
    }

    static ServedInstance served(String modelKey, @Nullable String identifier, @Nullable Integer contextLength) {
        return new ServedInstance(modelKey, identifier, contextLength, null);
    }

    static Observation observation(Reading<List<Instance>> loaded, Reading<ApiModelList> served) {
        return anObservation(NOW).loaded(loaded).served(served).build();
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
