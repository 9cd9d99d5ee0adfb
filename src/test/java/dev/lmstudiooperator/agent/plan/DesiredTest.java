package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDisk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.Retention;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests how the planner reads a ManagedModel. */
class DesiredTest {

    @Test
    void everyDefaultIsFilledIn() {
        Desired desired = desired();

        assertThat(desired.identifier()).isEqualTo("chat");
        assertThat(desired.ttl()).isEqualTo(Duration.ofMinutes(10));
        assertThat(desired.retention()).isEqualTo(Retention.KEEP_LOADED);
        assertThat(desired.verification().mode()).isEqualTo(VerificationMode.SERVED);
        assertThat(desired.verification().settle()).isEqualTo(Duration.ofSeconds(2));
        assertThat(desired.verification().period()).isEqualTo(Duration.ofSeconds(60));
        assertThat(desired.verification().timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(desired.verification().failureThreshold()).isEqualTo(3);
        assertThat(desired.deletionPolicy()).isEqualTo(DeletionPolicy.UNLOAD_IF_LOADED);
        assertThat(desired.drain()).isEqualTo(Duration.ofSeconds(60));
        assertThat(desired.isSuspended()).isFalse();
        assertThat(desired.isDeleted()).isFalse();
        assertThat(desired.loadRevision()).hasSize(16);
    }

    @Test
    void temporaryModelHasAShorterTtl() {
        Desired desired = desired("retention: Temporary");

        assertThat(desired.ttl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(desired.isTemporary()).isTrue();
    }

    @Test
    void specReplacesTheDefaults() {
        Desired desired =
                desired("identifier: name", "ttlSeconds: 30", "load: {contextLength: 8192, gpu: max, parallel: 2}");

        assertThat(desired.loadRequest(onDisk("qwen", null), true))
                .isEqualTo(new LoadRequest("qwen", "name", Duration.ofSeconds(30), 8192, "max", 2, "path/of/qwen"));
        assertThat(desired.loadRequest(onDisk("qwen", null), false).path()).isNull();
        assertThat(desired.generation()).isEqualTo(7);
    }

    @Test
    void asMuchContextAsTheModelSupportsIsResolvedForTheLoad() {
        Desired desired = desired("load: {contextLength: max}");

        assertThat(desired.loadRequest(onDisk("qwen", null), true).contextLength())
                .isEqualTo(40_960);
    }

    @Test
    void unknownWordForTheContextIsNotRead() {
        Desired desired = desired("load: {contextLength: most}");

        assertThat(desired.unreadable())
                .containsExactly("spec.load.contextLength is 'most': neither a number nor \"max\"");
    }

    @Test
    void deletionTimeIsRead() {
        ManagedModel model = ManagedModels.chat();
        model.getMetadata().setDeletionTimestamp("2026-01-01T12:00:00Z");

        assertThat(Desired.of(model).isDeleted()).isTrue();
    }

    @Test
    void revisionChangesWithEveryLoadSetting() {
        assertThat(List.of(
                        revision(),
                        revision("ttlSeconds: 30"),
                        revision("load: {contextLength: 1}"),
                        revision("load: {gpu: max}"),
                        revision("load: {parallel: 1}")))
                .doesNotHaveDuplicates();
    }

    @Test
    void revisionChangesWithTheModelAndTheReloadAnnotation() {
        ManagedModel reloaded = ManagedModels.chat();
        reloaded.getMetadata().setAnnotations(Map.of(ManagedModel.RELOAD_ANNOTATION, "again"));
        ManagedModel other = ManagedModels.chat();
        other.setSpec(copy(other.getSpec(), "model", "other"));

        assertThat(List.of(
                        revision(),
                        Desired.of(reloaded).loadRevision(),
                        Desired.of(other).loadRevision()))
                .doesNotHaveDuplicates();
    }

    @Test
    void revisionStaysWhenNothingOfTheLoadChanges() {
        assertThat(revision("suspend: true", "drainSeconds: 5", "retention: KeepLoaded"))
                .isEqualTo(revision());
        assertThat(revision("load: {}")).isEqualTo(revision());
    }

    private static String revision(String... spec) {
        return desired(spec).loadRevision();
    }

    private static Desired desired(String... spec) {
        return Desired.of(ManagedModels.chat(7, ManagedModelStatus.UNOBSERVED, spec));
    }
}
