package dev.lmstudiooperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

/** An object that cannot be read in full is read all the same, and tells of it. */
class UnreadableFieldsTest {

    private final KubernetesSerialization reading =
            new KubernetesSerialization(new ObjectMapper().addHandler(new UnreadableFields()), true);

    @Test
    void unknownWordIsTakenForAbsentAndTold() {
        ManagedModel model = read("{model: qwen, retention: Forever}");

        assertThat(model.getSpec().model()).isEqualTo("qwen");
        assertThat(model.getSpec().retention()).isNull();
        assertThat(UnreadableFields.of(model)).singleElement().satisfies(told -> assertThat(told)
                .startsWith("spec.retention is 'Forever': ")
                .contains("KeepLoaded", "Temporary"));
    }

    @Test
    void everyFieldIsToldByItsPath() {
        ManagedModel model = read("{model: qwen, ttlSeconds: ten, verification: {mode: Prayer}}");

        assertThat(UnreadableFields.of(model))
                .extracting(told -> told.substring(0, told.indexOf(':')))
                .containsExactly("spec.ttlSeconds is 'ten'", "spec.verification.mode is 'Prayer'");
    }

    @Test
    void whatIsToldOutlivesACopy() {
        ManagedModel copy = reading.clone(read("{model: qwen, retention: Forever}"));

        assertThat(UnreadableFields.of(copy)).hasSize(1);
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

        assertThat(UnreadableFields.of(model)).isEmpty();
    }

    @Test
    void readableObjectHasNothingToTell() {
        assertThat(UnreadableFields.of(read("{model: qwen, retention: Temporary}")))
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
