package dev.lmstudiooperator.api.v1alpha1;

import static java.util.stream.Collectors.joining;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Stream;

/** Reads ManagedModels and their status from YAML for tests. */
public final class ManagedModels {

    private ManagedModels() {}

    /** The ManagedModel {@code team/chat} of the model {@code qwen}, with more fields of the spec in YAML. */
    public static ManagedModel chat(String... spec) {
        String fields = Stream.concat(Stream.of("model: qwen"), Stream.of(spec)).collect(joining(", "));
        return Serialization.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata:
                  namespace: team
                  name: chat
                  uid: uid-1
                  generation: 1
                  creationTimestamp: "2026-01-01T10:00:00Z"
                spec: {%s}
                """.formatted(fields), ManagedModel.class);
    }

    /** The same with a generation and a status. */
    public static ManagedModel chat(long generation, ManagedModelStatus status, String... spec) {
        ManagedModel model = chat(spec);
        model.getMetadata().setGeneration(generation);
        model.setStatus(status);
        return model;
    }

    public static ManagedModelStatus status(String yaml) {
        return Serialization.unmarshal(yaml, ManagedModelStatus.class);
    }
}
