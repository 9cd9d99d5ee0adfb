package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.PlanInputs.CONTEXT;
import static dev.lmstudiooperator.agent.plan.PlanInputs.context;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.instance;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ofModel;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ofType;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ttlOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.Copies;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the differences between an instance and the desired state. */
class DriftTest {

    @Test
    void sameSettingsAreNoDrift() {
        assertThat(Drift.between(given().load(CONTEXT, 4).input().desired(), instance())
                        .exists())
                .isFalse();
    }

    @Test
    void settingsThatAreLeftOpenCannotDrift() {
        assertThat(Drift.between(given().input().desired(), context(1).apply(instance()))
                        .exists())
                .isFalse();
    }

    @Test
    void otherModelIsDrift() {
        Drift drift = Drift.between(given().input().desired(), ofModel("other").apply(instance()));

        assertThat(drift.isOtherModel()).isTrue();
        assertThat(drift.describe()).isEqualTo("the model is other instead of qwen/qwen3-8b");
    }

    @Test
    void sameModelIsNotAnother() {
        assertThat(Drift.between(given().input().desired(), instance()).isOtherModel())
                .isFalse();
    }

    @Test
    void otherTtlIsDrift() {
        assertThat(Drift.between(
                                given().input().desired(),
                                ttlOf(Duration.ofSeconds(60)).apply(instance()))
                        .describe())
                .isEqualTo("the TTL is 60 s instead of 600 s");
    }

    @Test
    void missingTtlIsDrift() {
        assertThat(Drift.between(given().input().desired(), ttlOf(null).apply(instance()))
                        .describe())
                .isEqualTo("the TTL is none instead of 600 s");
    }

    @Test
    void otherParallelismIsDrift() {
        assertThat(Drift.between(given().load(null, 2).input().desired(), instance())
                        .describe())
                .isEqualTo("the parallelism is 4 instead of 2");
    }

    @Test
    void parallelismOfAnEmbeddingModelIsNoDrift() {
        assertThat(Drift.between(
                                given().load(null, 2).input().desired(),
                                ofType(ModelType.EMBEDDING, null).apply(instance()))
                        .exists())
                .isFalse();
    }

    @Test
    void moreContextThanAskedForIsNoDrift() {
        assertThat(Drift.between(given().load(1, null).input().desired(), instance())
                        .exists())
                .isFalse();
    }

    @Test
    void asMuchContextAsTheModelSupportsIsCompared() {
        Desired desired = given().maxContext().input().desired();

        assertThat(Drift.between(desired, Copies.copy(instance(), "maxContextLength", CONTEXT))
                        .exists())
                .isFalse();
        assertThat(Drift.between(desired, Copies.copy(instance(), "maxContextLength", 40_960))
                        .differences())
                .containsExactly("the context length is 4096 instead of 40960");
        assertThat(Drift.between(desired, instance()).exists())
                .as("LM Studio does not report what the model supports")
                .isFalse();
    }

    @Test
    void everyDifferenceIsDescribed() {
        assertThat(Drift.between(given().load(8192, 2).input().desired(), instance())
                        .differences())
                .hasSize(2);
    }
}
