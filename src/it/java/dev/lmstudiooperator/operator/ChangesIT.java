package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A change of each mutable field has the effect that {@code kubectl explain} describes: a single reload, or no load at all.
 */
@WithScene
class ChangesIT {

    private static final String CHECK = "verification: {settleSeconds: 0}";
    private static final String LLAMA = "model: llama-3.2-1b-instruct, " + CHECK;
    private static final String CATALOGUE = "model: qwen/qwen3-8b, ttlSeconds: 600";

    private final Scene scene;

    ChangesIT(Scene scene) {
        this.scene = scene;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model: qwen3-4b                                                       | lmstudio-community/qwen3-4b-GGUF/qwen3-4b-Q4_K_M.gguf
            model: llama-3.2-1b-instruct, ttlSeconds: 900                         | --ttl=900
            model: llama-3.2-1b-instruct, load: {contextLength: 8192}             | --context-length=8192
            model: llama-3.2-1b-instruct, load: {gpu: "0.5"}                      | --gpu=0.5
            model: llama-3.2-1b-instruct, load: {parallel: 2}                     | --parallel=2
            model: qwen3-4b, ttlSeconds: 900, load: {gpu: "off", parallel: 2}     | --gpu=off
            """)
    void changeOfWhatIsLoadedDrainsAndReloadsOnce(String changed, String argument) {
        scene.apply("reloaded", LLAMA);
        scene.awaitReady("reloaded");
        scene.lmStudio().setActivity("reloaded", "generating", 1);

        scene.apply("reloaded", changed + ", " + CHECK);

        scene.awaitReason("reloaded", "Draining");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();

        scene.lmStudio().setActivity("reloaded", "idle", 0);

        ManagedModel ready = scene.awaitVerified("reloaded", 2);
        assertThat(ready.getStatus().loads()).isEqualTo(2);
        assertThat(ready.getStatus().evictions()).isNull();
        assertThat(scene.lmStudio().journal().calls("unload")).hasSize(1);
        assertThat(loadsOf("reloaded")).containsExactly("loaded", "loaded");
        assertThat(scene.lmStudio().journal().calls("load").get(1).argv()).contains(argument);
        assertThat(identifiers()).containsExactly("reloaded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "retention: Temporary",
                "verification: {mode: Inference}",
                "verification: {settleSeconds: 600}",
                "verification: {periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 1}",
                "deletionPolicy: Retain",
                "drainSeconds: 0",
                "pullPolicy: IfNotPresent"
            })
    void changeOfAnythingElseLoadsNothingOnTheWayThereAndBack(String change) {
        scene.apply("untouched", CATALOGUE);
        scene.awaitReady("untouched");

        scene.apply("untouched", CATALOGUE + ", " + change);
        scene.awaitVerified("untouched", 2);
        scene.apply("untouched", CATALOGUE);
        ManagedModel ready = scene.awaitVerified("untouched", 3);

        assertThat(ready.getStatus().loads()).isEqualTo(1);
        assertThat(scene.lmStudio().journal().calls("load")).hasSize(1);
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
    }

    @Test
    void changedVerificationModeIsProvenAtOnce() {
        scene.apply("proven", LLAMA);
        scene.awaitReady("proven");

        scene.apply("proven", "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0, mode: Inference}");

        assertThat(AppliedModels.proof(scene.awaitVerified("proven", 2)).api()).contains("answered");
        assertThat(loadsOf("proven")).containsExactly("loaded");
    }

    @Test
    void changedRetentionDecidesWhatAnEvictionMeans() {
        scene.apply("retained", LLAMA + ", ttlSeconds: 600");
        scene.awaitReady("retained");

        scene.apply("retained", LLAMA + ", ttlSeconds: 600, retention: Temporary");
        scene.awaitVerified("retained", 2);
        scene.lmStudio().evict("retained");
        scene.awaitReason("retained", "Expired");
        assertThat(loadsOf("retained")).containsExactly("loaded");

        scene.apply("retained", LLAMA + ", ttlSeconds: 600");
        scene.awaitVerified("retained", 3);
        assertThat(loadsOf("retained")).containsExactly("loaded", "loaded");
    }

    @Test
    void changedRetentionReloadsWhereTheTtlIsLeftToIt() {
        scene.apply("by-default", LLAMA);
        scene.awaitReady("by-default");

        scene.apply("by-default", LLAMA + ", retention: Temporary");

        ManagedModel ready = scene.awaitVerified("by-default", 2);
        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(300);
        assertThat(loadsOf("by-default")).containsExactly("loaded", "loaded");
    }

    @Test
    void reloadAnnotationReloadsOnce() {
        scene.apply("annotated", LLAMA);
        scene.awaitReady("annotated");

        scene.annotate("annotated", ManagedModel.RELOAD_ANNOTATION, "now");

        scene.awaitReadyAfterLoads("annotated", 2);
        assertThat(loadsOf("annotated")).containsExactly("loaded", "loaded");
        assertThat(scene.lmStudio().journal().calls("unload")).hasSize(1);
    }

    @Test
    void suspendedModelIsChangedWhenItIsResumed() {
        scene.apply("suspended", LLAMA);
        scene.awaitReady("suspended");

        scene.apply("suspended", LLAMA + ", suspend: true");
        scene.awaitReason("suspended", "Suspended");
        scene.apply("suspended", LLAMA + ", suspend: true, ttlSeconds: 900");
        scene.await(
                "suspended",
                "is suspended with the change",
                model -> AppliedModels.isObserved(model, 3) && "Suspended".equals(AppliedModels.reason(model)));
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();

        scene.apply("suspended", LLAMA + ", ttlSeconds: 900");
        scene.awaitVerified("suspended", 4);
        assertThat(loadsOf("suspended")).containsExactly("loaded", "loaded");
    }

    @Test
    void suspensionAloneLoadsNothing() {
        scene.apply("paused", LLAMA);
        scene.awaitReady("paused");

        scene.apply("paused", LLAMA + ", suspend: true");
        scene.awaitReason("paused", "Suspended");
        scene.apply("paused", LLAMA);

        scene.awaitVerified("paused", 3);
        assertThat(loadsOf("paused")).containsExactly("loaded");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Retain, false, true", "Retain, true, true", "Unload, false, false", "Unload, true, false"})
    void deletionPolicyIsFollowedAsItWasLastChanged(String policy, boolean isAdopted, boolean stays) {
        // Uses a separate name, because the instance of the previous case has just been removed.
        String name = "%s-%s".formatted(policy, isAdopted).toLowerCase(Locale.ROOT);
        if (isAdopted) {
            placeAsWeLoad(name);
        }
        scene.apply(name, LLAMA);
        assertThat(AppliedModels.instance(scene.awaitReady(name)).adopted()).isEqualTo(isAdopted);

        scene.apply(name, LLAMA + ", deletionPolicy: " + policy);
        scene.deleteAndAwaitGone(name);

        assertThat(identifiers()).isEqualTo(stays ? List.of(name) : List.of());
        assertThat(scene.lmStudio().journal().calls("unload")).hasSize(stays ? 0 : 1);
    }

    @Test
    void adoptedInstanceThatWasReloadedForAChangeIsOursToUnload() {
        placeAsWeLoad("taken-over");
        scene.apply("taken-over", LLAMA);
        scene.awaitReady("taken-over");

        scene.apply("taken-over", LLAMA + ", ttlSeconds: 900");
        assertThat(AppliedModels.instance(scene.awaitVerified("taken-over", 2)).adopted())
                .isFalse();
        scene.deleteAndAwaitGone("taken-over");

        assertThat(identifiers()).isEmpty();
    }

    private void placeAsWeLoad(String identifier) {
        scene.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "llama-3.2-1b-instruct")
                        .put("identifier", identifier)
                        .put("ttlMs", 600_000));
    }

    private List<String> loadsOf(String name) {
        return scene.lmStudio().journal().loadsOf(name);
    }

    private List<String> identifiers() {
        return scene.lmStudio().instances().stream()
                .map(SimulatedInstance::identifier)
                .toList();
    }
}
