package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDisk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LoadSettings;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.Retention;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests how the planner reads a ManagedModel. */
class DesiredTest {

    @Test
    void everyDefaultIsFilledIn() {
        Desired desired = Desired.of(model(spec(null, null, null, null)));

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
        Desired desired = Desired.of(model(spec(null, null, Retention.TEMPORARY, null)));

        assertThat(desired.ttl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(desired.isTemporary()).isTrue();
    }

    @Test
    void whatIsSaidIsTaken() {
        Desired desired = Desired.of(model(spec("name", 30, null, new LoadSettings(new IntOrString(8192), "max", 2))));

        assertThat(desired.loadRequest(onDisk(KEY, null), true))
                .isEqualTo(new LoadRequest(KEY, "name", Duration.ofSeconds(30), 8192, "max", 2, "path/of/" + KEY));
        assertThat(desired.loadRequest(onDisk(KEY, null), false).path()).isNull();
        assertThat(desired.generation()).isEqualTo(7);
    }

    @Test
    void asMuchContextAsTheModelSupportsIsResolvedForTheLoad() {
        Desired desired =
                Desired.of(model(spec("name", 30, null, new LoadSettings(new IntOrString("max"), null, null))));

        assertThat(desired.loadRequest(onDisk(KEY, null), true).contextLength()).isEqualTo(40_960);
    }

    @Test
    void unknownWordForTheContextIsNotRead() {
        Desired desired =
                Desired.of(model(spec("name", 30, null, new LoadSettings(new IntOrString("most"), null, null))));

        assertThat(desired.unreadable())
                .containsExactly("spec.load.contextLength is 'most': neither a number nor \"max\"");
    }

    @Test
    void deletionTimeIsRead() {
        ManagedModel model = model(spec(null, null, null, null));
        model.getMetadata().setDeletionTimestamp("2026-01-01T12:00:00Z");

        assertThat(Desired.of(model).isDeleted()).isTrue();
    }

    @Test
    void revisionChangesWithEveryLoadSetting() {
        assertThat(List.of(
                        revision(spec(null, null, null, null)),
                        revision(spec(null, 30, null, null)),
                        revision(spec(null, null, null, new LoadSettings(new IntOrString(1), null, null))),
                        revision(spec(null, null, null, new LoadSettings(null, "max", null))),
                        revision(spec(null, null, null, new LoadSettings(null, null, 1)))))
                .doesNotHaveDuplicates();
    }

    @Test
    void revisionChangesWithTheModelAndTheReloadAnnotation() {
        ManagedModel reloaded = model(spec(null, null, null, null));
        reloaded.getMetadata().setAnnotations(Map.of(ManagedModel.RELOAD_ANNOTATION, "again"));
        ManagedModel other = model(copy(spec(null, null, null, null), "model", "other"));

        assertThat(List.of(
                        revision(spec(null, null, null, null)),
                        Desired.of(reloaded).loadRevision(),
                        Desired.of(other).loadRevision()))
                .doesNotHaveDuplicates();
    }

    @Test
    void revisionStaysWhenNothingOfTheLoadChanges() {
        ManagedModelSpec spec = spec(null, null, null, null);
        ManagedModelSpec edited =
                copy(copy(copy(spec, "suspend", true), "drainSeconds", 5), "retention", Retention.KEEP_LOADED);

        assertThat(revision(edited)).isEqualTo(revision(spec));
        assertThat(revision(copy(spec, "load", LoadSettings.DEFAULTS))).isEqualTo(revision(spec));
    }

    private static String revision(ManagedModelSpec spec) {
        return Desired.of(model(spec)).loadRevision();
    }

    private static ManagedModelSpec spec(
            @Nullable String identifier,
            @Nullable Integer ttlSeconds,
            @Nullable Retention retention,
            @Nullable LoadSettings load) {
        return new ManagedModelSpec(
                KEY, identifier, ttlSeconds, retention, null, null, load, null, null, null, null, null);
    }

    private static ManagedModel model(ManagedModelSpec spec) {
        ManagedModel model = new ManagedModel();
        model.setMetadata(
                new ObjectMetaBuilder().withName("chat").withGeneration(7L).build());
        model.setSpec(spec);
        return model;
    }
}
