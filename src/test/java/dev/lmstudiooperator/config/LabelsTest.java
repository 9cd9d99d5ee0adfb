package dev.lmstudiooperator.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests labels by the rules of https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/. */
class LabelsTest {

    private static final String PROPERTY = "lmstudio-operator.node-labels";

    @ParameterizedTest
    @ValueSource(strings = {"gpu", "example.com/gpu", "a", "A_b.c-d", "x.y.z/0"})
    void keyThatKubernetesTakesIsTaken(String key) {
        assertThat(Labels.objections(PROPERTY, Map.of(key, "yes"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "gpu model", "-gpu", "gpu-", "/gpu", "example.com/", "a/b/c", "Example.com/gpu", "größe"})
    void otherKeyIsRefused(String key) {
        assertThat(Labels.objections(PROPERTY, Map.of(key, "yes")))
                .singleElement()
                .asString()
                .startsWith("lmstudio-operator.node-labels has the key \"" + key + "\"; allowed is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rtx-4090", "a", "24_GiB.v2"})
    void valueThatKubernetesTakesIsTaken(String value) {
        assertThat(Labels.objections(PROPERTY, Map.of("gpu", value))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RTX 4090", "-a", "a-", "a/b", "4090;"})
    void otherValueIsRefused(String value) {
        assertThat(Labels.objections(PROPERTY, Map.of("gpu", value)))
                .singleElement()
                .asString()
                .startsWith("lmstudio-operator.node-labels.gpu is \"" + value + "\"; allowed is");
    }

    @Test
    void lengthIsBounded() {
        assertThat(Labels.objections(PROPERTY, Map.of("a".repeat(63), "b".repeat(63))))
                .isEmpty();
        assertThat(Labels.objections(PROPERTY, Map.of("a".repeat(64), "b".repeat(64))))
                .hasSize(2);
        assertThat(Labels.objections(PROPERTY, Map.of("a".repeat(254) + "/gpu", "yes")))
                .hasSize(1);
    }
}
