package dev.lmstudiooperator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that an object with unreadable fields is still read, and that the fields are reported. */
class LenientDeserializationTest {

    private final KubernetesSerialization reading =
            new KubernetesSerialization(new ObjectMapper().addHandler(new LenientDeserialization()), true);

    @Test
    void unknownValueIsTreatedAsAbsentAndReported() {
        ManagedModel model = read("{model: qwen, retention: Forever}");

        assertThat(model.getSpec().model()).isEqualTo("qwen");
        assertThat(model.getSpec().retention()).isNull();
        assertThat(unreadable(model)).singleElement().satisfies(reported -> assertThat(reported)
                .startsWith("spec.retention is 'Forever': ")
                .contains("KeepLoaded", "Temporary"));
    }

    @Test
    void everyFieldIsReportedByItsPath() {
        ManagedModel model = read("{model: qwen, ttlSeconds: ten, verification: {mode: Prayer}}");

        assertThat(unreadable(model))
                .extracting(reported -> reported.substring(0, reported.indexOf(':')))
                .containsExactly("spec.ttlSeconds is 'ten'", "spec.verification.mode is 'Prayer'");
    }

    @Test
    void reportOutlivesACopy() {
        ManagedModel copy = reading.clone(read("{model: qwen, retention: Forever}"));

        assertThat(unreadable(copy)).hasSize(1);
    }

    @Test
    void unreadableStatusIsReplacedWithoutAReport() {
        ManagedModel model = reading.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: chat, generation: 1}
                spec: {model: qwen}
                status: {phase: Levitating, verification: {result: Sublime}}
                """, ManagedModel.class);

        assertThat(unreadable(model)).isEmpty();
    }

    @Test
    void unreadableFieldOfASetIsReportedToo() {
        ManagedModelSet set = reading.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModelSet
                metadata: {name: chat, generation: 1}
                spec: {updateStrategy: {type: Recreate}, template: {spec: {model: qwen}}}
                """, ManagedModelSet.class);

        assertThat(set.getSpec().template().spec().model()).isEqualTo("qwen");
        assertThat(set.getMetadata().getAnnotations())
                .containsOnlyKeys(ManagedModel.UNREADABLE_ANNOTATION_PREFIX + "spec.updateStrategy.type");
    }

    @Test
    void readableObjectHasNoReport() {
        assertThat(unreadable(read("{model: qwen, retention: Temporary}"))).isEmpty();
    }

    private static List<String> unreadable(ManagedModel model) {
        return Desired.of(model).unreadable();
    }

    private ManagedModel read(String spec) {
        return reading.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: chat, generation: 1}
                spec: %s
                """.formatted(spec), ManagedModel.class);
    }
}
