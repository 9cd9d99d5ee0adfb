package dev.lmstudiooperator.agent.lmstudionode;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.ManagedModelReference;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LmStudioServer.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds the state of a node with a reachable LM Studio, and variants of it. */
final class Known {

    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    static final ServerInfo FACTS = new ServerInfo("07b7252", "0.4.21", true, false);
    static final NodeStatusSyncer.Settings SETTINGS =
            new NodeStatusSyncer.Settings("gpu-1", Map.of(), URI.create("http://127.0.0.1:1234"), 48_000_000_000L);
    static final Observation NOTHING_LOADED = observation(List.of(), List.of());

    private Known() {}

    static Observation observation(List<Instance> loaded, List<DownloadedModel> downloaded) {
        return anObservation(NOW)
                .loaded(known(loaded))
                .downloaded(known(downloaded))
                .build();
    }

    static <T> Reading<T> known(T value) {
        return new Reading.Known<>(value, NOW);
    }

    static <T> Reading<T> unknown(LmStudioFailure why) {
        return new Reading.Unknown<>(why, NOW);
    }

    static NodeStatusFactory.Input knowledge(Observation observation, String... named) {
        return new NodeStatusFactory.Input(observation, FACTS, owners(named), released -> false, null);
    }

    static Map<String, InstanceOwner> owners(String... named) {
        return Stream.of(named).collect(Collectors.toMap(Function.identity(), Known::owner));
    }

    static InstanceOwner owner(String name) {
        return new InstanceOwner(new ManagedModelReference("models", name, "uid-of-" + name), DeletionPolicy.UNLOAD);
    }

    static Instance instance(String identifier, long sizeBytes) {
        return instance(identifier, sizeBytes, null);
    }

    static Instance instance(String identifier, long sizeBytes, @Nullable String device) {
        return anInstance(identifier, "qwen")
                .sizeBytes(sizeBytes)
                .device(device)
                .build();
    }

    static DownloadedModel model(String key) {
        return model(key, null);
    }

    static DownloadedModel model(String key, @Nullable String device) {
        return aDownloadedModel(key).device(device).build();
    }

    /** A node as the API server creates it. */
    static LMStudioNode fresh() {
        return current(LMStudioNodeStatus.UNOBSERVED);
    }

    static LMStudioNode current(LMStudioNodeStatus status) {
        LMStudioNode node = new LMStudioNode();
        node.setMetadata(
                new ObjectMetaBuilder().withName("gpu-1").withGeneration(1L).build());
        node.setSpec(LMStudioNodeSpec.DEFAULTS);
        node.setStatus(status);
        return node;
    }

    static LMStudioNodeStatus status(Observation observation, String... named) {
        return NodeStatusFactory.status(knowledge(observation, named), SETTINGS, fresh(), NOW);
    }
}
