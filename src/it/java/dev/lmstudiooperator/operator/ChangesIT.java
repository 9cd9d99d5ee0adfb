package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static dev.lmstudiooperator.operator.ModelSpecs.NOT_SETTLING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A change of each mutable field has the effect that {@code kubectl explain} describes: a single reload, or no load at all.
 */
@OperatorTest
class ChangesIT {

    private static final String CATALOGUE = "model: qwen/qwen3-8b, ttlSeconds: 600";

    private final OperatorFixture fixture;

    ChangesIT(OperatorFixture fixture) {
        this.fixture = fixture;
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
    void changeThatConcernsTheInstanceDrainsAndReloadsOnce(String changed, String argument) {
        fixture.applyAndAwaitReady("reloaded", LLAMA);
        fixture.lmStudio().setActivity("reloaded", "generating", 1);

        fixture.apply("reloaded", changed + ", " + NOT_SETTLING);

        fixture.awaitReason("reloaded", "Draining");
        assertThat(fixture.journal().calls("unload")).isEmpty();

        fixture.lmStudio().setActivity("reloaded", "idle", 0);

        ManagedModel ready = fixture.awaitVerified("reloaded", 2);
        assertThat(ready.getStatus().loads()).isEqualTo(2);
        assertThat(ready.getStatus().evictions()).isNull();
        assertThat(fixture.journal().calls("unload")).hasSize(1);
        assertThat(fixture.journal().loadsOf("reloaded")).containsExactly("loaded", "loaded");
        assertThat(fixture.journal().calls("load").get(1).argv()).contains(argument);
        assertThat(fixture.lmStudio().identifiers()).containsExactly("reloaded");
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
    void otherChangesAndTheirReversalLoadNothing(String change) {
        fixture.applyAndAwaitReady("untouched", CATALOGUE);

        fixture.apply("untouched", CATALOGUE + ", " + change);
        fixture.awaitVerified("untouched", 2);
        fixture.apply("untouched", CATALOGUE);
        ManagedModel ready = fixture.awaitVerified("untouched", 3);

        assertThat(ready.getStatus().loads()).isEqualTo(1);
        assertThat(fixture.journal().calls("load")).hasSize(1);
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    void changedVerificationModeIsVerifiedImmediately() {
        fixture.applyAndAwaitReady("verified", LLAMA);

        fixture.apply("verified", "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0, mode: Inference}");

        assertThat(AppliedModels.verification(fixture.awaitVerified("verified", 2))
                        .api())
                .contains("answered");
        assertThat(fixture.journal().loadsOf("verified")).containsExactly("loaded");
    }

    @Test
    void changedRetentionDecidesWhatAnEvictionMeans() {
        fixture.applyAndAwaitReady("retained", LLAMA + ", ttlSeconds: 600");

        fixture.apply("retained", LLAMA + ", ttlSeconds: 600, retention: Temporary");
        fixture.awaitVerified("retained", 2);
        fixture.lmStudio().evict("retained");
        fixture.awaitReason("retained", "Expired");
        assertThat(fixture.journal().loadsOf("retained")).containsExactly("loaded");

        fixture.apply("retained", LLAMA + ", ttlSeconds: 600");
        fixture.awaitVerified("retained", 3);
        assertThat(fixture.journal().loadsOf("retained")).containsExactly("loaded", "loaded");
    }

    @Test
    void changedRetentionReloadsWhereTheTtlIsLeftToIt() {
        fixture.applyAndAwaitReady("by-default", LLAMA);

        fixture.apply("by-default", LLAMA + ", retention: Temporary");

        ManagedModel ready = fixture.awaitVerified("by-default", 2);
        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(300);
        assertThat(fixture.journal().loadsOf("by-default")).containsExactly("loaded", "loaded");
    }

    @Test
    void reloadAnnotationReloadsOnce() {
        fixture.applyAndAwaitReady("annotated", LLAMA);

        fixture.annotate("annotated", ManagedModel.RELOAD_ANNOTATION, "now");

        fixture.awaitReadyAfterLoads("annotated", 2);
        assertThat(fixture.journal().loadsOf("annotated")).containsExactly("loaded", "loaded");
        assertThat(fixture.journal().calls("unload")).hasSize(1);
    }

    @Test
    void suspendedModelIsChangedWhenItIsResumed() {
        fixture.applyAndAwaitReady("suspended", LLAMA);

        fixture.apply("suspended", LLAMA + ", suspend: true");
        fixture.awaitReason("suspended", "Suspended");
        fixture.apply("suspended", LLAMA + ", suspend: true, ttlSeconds: 900");
        fixture.await(
                "suspended",
                "is suspended with the change",
                model -> AppliedModels.isObserved(model, 3) && "Suspended".equals(AppliedModels.reason(model)));
        assertThat(fixture.journal().calls("unload")).isEmpty();

        fixture.apply("suspended", LLAMA + ", ttlSeconds: 900");
        fixture.awaitVerified("suspended", 4);
        assertThat(fixture.journal().loadsOf("suspended")).containsExactly("loaded", "loaded");
    }

    @Test
    void suspensionAloneLoadsNothing() {
        fixture.applyAndAwaitReady("paused", LLAMA);

        fixture.apply("paused", LLAMA + ", suspend: true");
        fixture.awaitReason("paused", "Suspended");
        fixture.apply("paused", LLAMA);

        fixture.awaitVerified("paused", 3);
        assertThat(fixture.journal().loadsOf("paused")).containsExactly("loaded");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Retain, false, true", "Retain, true, true", "Unload, false, false", "Unload, true, false"})
    void deletionPolicyIsFollowedAsItWasLastChanged(String policy, boolean isAdopted, boolean stays) {
        // Uses a separate name, because the instance of the previous case has just been removed.
        String name = "%s-%s".formatted(policy, isAdopted).toLowerCase(Locale.ROOT);
        if (isAdopted) {
            fixture.lmStudio().placeInstance("llama-3.2-1b-instruct", name, Duration.ofMinutes(10));
        }
        fixture.apply(name, LLAMA);
        assertThat(AppliedModels.instance(fixture.awaitReady(name)).adopted()).isEqualTo(isAdopted);

        fixture.apply(name, LLAMA + ", deletionPolicy: " + policy);
        fixture.deleteAndAwaitGone(name);

        assertThat(fixture.lmStudio().identifiers()).isEqualTo(stays ? List.of(name) : List.of());
        assertThat(fixture.journal().calls("unload")).hasSize(stays ? 0 : 1);
    }

    @Test
    void adoptedInstanceThatWasReloadedForAChangeIsUnloadedOnDeletion() {
        fixture.lmStudio().placeInstance("llama-3.2-1b-instruct", "taken-over", Duration.ofMinutes(10));
        fixture.applyAndAwaitReady("taken-over", LLAMA);

        fixture.apply("taken-over", LLAMA + ", ttlSeconds: 900");
        assertThat(AppliedModels.instance(fixture.awaitVerified("taken-over", 2))
                        .adopted())
                .isFalse();
        fixture.deleteAndAwaitGone("taken-over");

        assertThat(fixture.lmStudio().identifiers()).isEmpty();
    }
}
