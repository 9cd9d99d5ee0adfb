package dev.lmstudiooperator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

/** Tests that an object with unreadable fields is still read, and that the fields are reported. */
class LenientDeserializationTest {

    private final KubernetesSerialization reading =
            new KubernetesSerialization(new ObjectMapper().addHandler(new LenientDeserialization()), true);

    @Test
    void unknownWordIsTakenForAbsentAndTold() {
        ManagedModel model = read("{model: qwen, retention: Forever}");

        assertThat(model.getSpec().model()).isEqualTo("qwen");
        assertThat(model.getSpec().retention()).isNull();
        assertThat(LenientDeserialization.of(model)).singleElement().satisfies(reported -> assertThat(reported)
                .startsWith("spec.retention is 'Forever': ")
                .contains("KeepLoaded", "Temporary"));
    }

    @Test
    void everyFieldIsToldByItsPath() {
        ManagedModel model = read("{model: qwen, ttlSeconds: ten, verification: {mode: Prayer}}");

        assertThat(LenientDeserialization.of(model))
                .extracting(reported -> reported.substring(0, reported.indexOf(':')))
                .containsExactly("spec.ttlSeconds is 'ten'", "spec.verification.mode is 'Prayer'");
    }

    @Test
    void whatIsToldOutlivesACopy() {
        ManagedModel copy = reading.clone(read("{model: qwen, retention: Forever}"));

        assertThat(LenientDeserialization.of(copy)).hasSize(1);
    }

    @Test
    void unreadableStatusIsWrittenAnewAndNotToldOf() {
        ManagedModel model = reading.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: chat}
                spec: {model: qwen}
                status: {phase: Levitating, verification: {result: Sublime}}
                """, ManagedModel.class);

        assertThat(LenientDeserialization.of(model)).isEmpty();
    }

    @Test
    void readableObjectHasNothingToTell() {
        assertThat(LenientDeserialization.of(read("{model: qwen, retention: Temporary}")))
                .isEmpty();
    }

    private ManagedModel read(String spec) {
        return reading.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: chat}
                spec: %s
                """.formatted(spec), ManagedModel.class);
    }
}
