package dev.lmstudiooperator.controller.modelset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/** Tests which updates of a ManagedModel reach its set. */
class SetTriggerTest {

    private static final String OF_SET = "labels: {lmstudio-operator.dev/set: chat}";
    private static final String LOADING =
            "observedGeneration: 1, conditions: [{type: Ready, status: \"False\", reason: Loading, message: soon}]";

    @Test
    void changedConditionMatters() {
        assertThat(isNews(OF_SET, LOADING, OF_SET, LOADING.replace("False", "True")))
                .isTrue();
        assertThat(isNews(OF_SET, LOADING, OF_SET, LOADING.replace("Loading", "LoadFailed")))
                .isTrue();
        assertThat(isNews(OF_SET, LOADING, OF_SET, LOADING.replace("observedGeneration: 1", "observedGeneration: 2")))
                .isTrue();
    }

    @Test
    void otherChangesOfTheStatusDoNot() {
        assertThat(isNews(OF_SET, LOADING, OF_SET, LOADING.replace("soon", "sooner")))
                .isFalse();
        assertThat(isNews(OF_SET, LOADING, OF_SET, LOADING + ", loads: 2")).isFalse();
    }

    @Test
    void modelWithoutASetMattersOnlyWithItsMetadata() {
        assertThat(isNews("labels: {}", LOADING, "labels: {}", LOADING.replace("False", "True")))
                .isFalse();
        assertThat(isNews(OF_SET, LOADING, "labels: {}", LOADING)).isTrue();
        assertThat(isNews("labels: {}", LOADING, "ownerReferences: [{kind: Node, name: n1, uid: u}]", LOADING))
                .isTrue();
    }

    private static boolean isNews(String before, String statusBefore, String after, String statusAfter) {
        return SetTrigger.isNews(model(after, statusAfter), model(before, statusBefore));
    }

    private static ManagedModel model(String metadata, String status) {
        return Serialization.unmarshal("""
                metadata: {namespace: team, name: chat-1, %s}
                spec: {model: qwen}
                status: {%s}
                """.formatted(metadata, status), ManagedModel.class);
    }
}
