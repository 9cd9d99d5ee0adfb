package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of the operator at each step: its successor reaches the same state, and loads nothing twice. */
@WithScene
class CrashIT {

    private static final String LLAMA =
            "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0, periodSeconds: 5}";
    private static final String TEMPORARY = LLAMA + ", retention: Temporary, ttlSeconds: 3600";
    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final Scene scene;

    CrashIT(Scene scene) {
        this.scene = scene;
    }

    @AfterEach
    void nothingIsInMemoryTwice() {
        assertThat(identifiers()).doesNotHaveDuplicates().noneMatch(identifier -> identifier.contains(":"));
        scene.lmStudio().revokeFaults();
        scene.lmStudio().startServer();
    }

    @Test
    void temporaryModelThatWaitedForItsTurnIsLoadedByTheNextOperator() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("first", LLAMA);
        awaitLoading();
        scene.apply("waiting", TEMPORARY);
        scene.awaitReason("waiting", "WaitingForTurn");

        scene.restartOperatorAfter(() -> scene.lmStudio().setLoadTime(Duration.ZERO));

        scene.awaitReason("waiting", "Verified");
        scene.awaitReady("first");
        assertThat(loadsOf("waiting")).containsExactly("loaded");
        assertThat(loadsOf("first")).containsExactly("cancelled", "loaded");
    }

    @Test
    void intentOfATemporaryModelThatLmStudioNeverHeardOfIsCarriedOutByTheNextOperator() {
        scene.lmStudio().fault(Fault.on("load", "hang").once());
        scene.apply("intended", TEMPORARY);
        awaitHanging("load");

        scene.restartOperator();

        scene.awaitReason("intended", "Verified");
        assertThat(loadsOf("intended")).containsExactly("loaded");
        assertThat(scene.lmStudio().journal().calls("load")).hasSize(2).allMatch(JournalEntry::isFinished);
    }

    @Test
    void runningLoadOfATemporaryModelIsEndedAndBegunAnew() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("loading", TEMPORARY);
        awaitLoading();

        scene.restartOperatorAfter(() -> scene.lmStudio().setLoadTime(Duration.ZERO));

        assertIsOwn(scene.awaitReason("loading", "Verified"));
        assertThat(loadsOf("loading")).containsExactly("cancelled", "loaded");
    }

    @Test
    void loadOfATemporaryModelThatEndsWithoutAnOperatorIsTheOne() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("loaded-alone", TEMPORARY);
        awaitLoading();

        scene.restartOperatorAfter(() -> {
            scene.lmStudio().advanceClock(LOAD_TIME);
            eventually("the load has ended", () -> scene.lmStudio().loading(), List::isEmpty);
        });

        assertIsOwn(scene.awaitReason("loaded-alone", "Verified"));
        assertThat(loadsOf("loaded-alone")).containsExactly("loaded");
    }

    @Test
    void temporaryModelThatWasLoadedAndNotVerifiedIsVerifiedByTheNextOperator() {
        scene.lmStudio().stopServer();
        scene.apply("unverified", TEMPORARY);
        scene.awaitReason("unverified", "ServerNotRunning");

        scene.restartOperatorAfter(() -> scene.lmStudio().startServer());

        assertIsOwn(scene.awaitReason("unverified", "Verified"));
        assertThat(loadsOf("unverified")).containsExactly("loaded");
    }

    @Test
    void verifiedTemporaryModelIsVerifiedByTheNextOperatorAndExpiresOnce() {
        scene.apply("verified", TEMPORARY);
        scene.awaitReason("verified", "Verified");

        scene.restartOperator();
        int looks = looks();
        eventually("the next operator has observed LM Studio", this::looks, now -> now > looks);
        assertIsOwn(scene.awaitReason("verified", "Verified"));

        scene.restartOperatorAfter(() -> scene.lmStudio().advanceClock(Duration.ofHours(2)));

        scene.awaitReason("verified", "Expired");
        assertThat(loadsOf("verified")).containsExactly("loaded");
    }

    @Test
    void runningLoadOfAKeptModelIsEndedAndBegunAnew() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("loading", LLAMA);
        awaitLoading();

        scene.restartOperatorAfter(() -> scene.lmStudio().setLoadTime(Duration.ZERO));

        assertIsOwn(scene.awaitReady("loading"));
        assertThat(loadsOf("loading")).containsExactly("cancelled", "loaded");
        assertThat(identifiers()).containsExactly("loading");
    }

    @Test
    void runningUnloadIsEndedAndBegunAnew() {
        givenAnUnloadThatHangs("unloading");

        scene.restartOperator();

        scene.awaitGone("unloading");
        assertThat(identifiers()).isEmpty();
        assertThat(scene.lmStudio().journal().calls("unload")).hasSize(2).allMatch(JournalEntry::isFinished);
    }

    @Test
    void deletionIsFinishedWhenTheUnloadEndedWithoutAnOperator() {
        givenAnUnloadThatHangs("unloaded-alone");

        scene.restartOperatorAfter(() -> scene.lmStudio().evict("unloaded-alone"));

        scene.awaitGone("unloaded-alone");
        assertThat(scene.lmStudio().journal().calls("unload")).hasSize(1);
        assertThat(loadsOf("unloaded-alone")).containsExactly("loaded");
    }

    @Test
    void busyInstanceOfADeletedModelIsDrainedByTheNextOperator() {
        scene.apply("draining", LLAMA + ", drainSeconds: 600");
        scene.awaitReady("draining");
        scene.lmStudio().setActivity("draining", "generating", 1);
        scene.resource("draining").delete();
        scene.awaitReason("draining", "Draining");

        restartWhileDraining("draining");
        scene.lmStudio().setActivity("draining", "idle", 0);

        scene.awaitGone("draining");
        assertThat(scene.lmStudio().journal().calls("unload", "draining")).hasSize(1);
    }

    @Test
    void busyInstanceOfAChangedModelIsDrainedAndReloadedOnceByTheNextOperator() {
        scene.apply("changing", TEMPORARY + ", drainSeconds: 600");
        scene.awaitReady("changing");
        scene.lmStudio().setActivity("changing", "generating", 1);
        scene.apply("changing", TEMPORARY.replace("3600", "7200") + ", drainSeconds: 600");
        scene.awaitReason("changing", "Draining");

        restartWhileDraining("changing");
        scene.lmStudio().setActivity("changing", "idle", 0);

        scene.await(
                "changing",
                "is verified with the new TTL",
                model -> "Verified".equals(AppliedModels.reason(model))
                        && Long.valueOf(7200)
                                .equals(AppliedModels.instance(model).ttlSeconds()));
        assertThat(scene.lmStudio().journal().calls("unload", "changing")).hasSize(1);
        assertThat(loadsOf("changing")).containsExactly("loaded", "loaded");
    }

    private void givenAnUnloadThatHangs(String name) {
        scene.apply(name, LLAMA);
        scene.awaitReady(name);
        scene.lmStudio().fault(Fault.on("unload", "hang").once());
        scene.resource(name).delete();
        awaitHanging("unload");
    }

    private void restartWhileDraining(String name) {
        scene.restartOperator();
        int looks = looks();
        eventually("the next operator has observed LM Studio repeatedly", this::looks, now -> now > looks + 1);
        scene.awaitReason(name, "Draining");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
        assertThat(identifiers()).containsExactly(name);
    }

    private void awaitLoading() {
        eventually("the load runs", () -> scene.lmStudio().loading(), loads -> loads.size() == 1);
    }

    private void awaitHanging(String command) {
        eventually(
                "lms %s hangs".formatted(command),
                () -> scene.lmStudio().journal().calls(command),
                calls -> calls.stream().anyMatch(call -> call.waitsFor().isPresent()));
    }

    private static void assertIsOwn(ManagedModel model) {
        assertThat(AppliedModels.instance(model).adopted()).isFalse();
    }

    private int looks() {
        return scene.lmStudio().journal().calls("ps").size();
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
