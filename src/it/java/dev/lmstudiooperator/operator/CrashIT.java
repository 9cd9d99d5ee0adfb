package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
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
@OperatorTest
class CrashIT {

    private static final String TEMPORARY = LLAMA_VERIFIED_OFTEN + ", retention: Temporary, ttlSeconds: 3600";
    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final OperatorFixture fixture;

    CrashIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @AfterEach
    void nothingIsInMemoryTwice() {
        assertThat(identifiers()).doesNotHaveDuplicates().noneMatch(identifier -> identifier.contains(":"));
        fixture.lmStudio().revokeFaults();
        fixture.lmStudio().startServer();
    }

    @Test
    void temporaryModelThatWaitedForItsTurnIsLoadedByTheNextOperator() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("first", LLAMA_VERIFIED_OFTEN);
        awaitLoading();
        fixture.apply("waiting", TEMPORARY);
        fixture.awaitReason("waiting", "WaitingForTurn");

        fixture.restartOperatorAfter(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));

        fixture.awaitReason("waiting", "Verified");
        fixture.awaitReady("first");
        assertThat(loadsOf("waiting")).containsExactly("loaded");
        assertThat(loadsOf("first")).containsExactly("cancelled", "loaded");
    }

    @Test
    void intentOfATemporaryModelThatLmStudioNeverHeardOfIsCarriedOutByTheNextOperator() {
        fixture.lmStudio().fault(Fault.on("load", "hang").once());
        fixture.apply("intended", TEMPORARY);
        awaitHanging("load");

        fixture.restartOperator();

        fixture.awaitReason("intended", "Verified");
        assertThat(loadsOf("intended")).containsExactly("loaded");
        assertThat(fixture.lmStudio().journal().calls("load")).hasSize(2).allMatch(JournalEntry::isFinished);
    }

    @Test
    void runningLoadOfATemporaryModelIsEndedAndBegunAnew() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("loading", TEMPORARY);
        awaitLoading();

        fixture.restartOperatorAfter(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));

        assertIsOwn(fixture.awaitReason("loading", "Verified"));
        assertThat(loadsOf("loading")).containsExactly("cancelled", "loaded");
    }

    @Test
    void loadOfATemporaryModelThatEndsWithoutAnOperatorIsTheOne() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("loaded-alone", TEMPORARY);
        awaitLoading();

        fixture.restartOperatorAfter(() -> {
            fixture.lmStudio().advanceClock(LOAD_TIME);
            eventually("the load has ended", () -> fixture.lmStudio().loading(), List::isEmpty);
        });

        assertIsOwn(fixture.awaitReason("loaded-alone", "Verified"));
        assertThat(loadsOf("loaded-alone")).containsExactly("loaded");
    }

    @Test
    void temporaryModelThatWasLoadedAndNotVerifiedIsVerifiedByTheNextOperator() {
        fixture.lmStudio().stopServer();
        fixture.apply("unverified", TEMPORARY);
        fixture.awaitReason("unverified", "ServerNotRunning");

        fixture.restartOperatorAfter(() -> fixture.lmStudio().startServer());

        assertIsOwn(fixture.awaitReason("unverified", "Verified"));
        assertThat(loadsOf("unverified")).containsExactly("loaded");
    }

    @Test
    void verifiedTemporaryModelIsVerifiedByTheNextOperatorAndExpiresOnce() {
        fixture.apply("verified", TEMPORARY);
        fixture.awaitReason("verified", "Verified");

        fixture.restartOperator();
        int looks = looks();
        eventually("the next operator has observed LM Studio", this::looks, now -> now > looks);
        assertIsOwn(fixture.awaitReason("verified", "Verified"));

        fixture.restartOperatorAfter(() -> fixture.lmStudio().advanceClock(Duration.ofHours(2)));

        fixture.awaitReason("verified", "Expired");
        assertThat(loadsOf("verified")).containsExactly("loaded");
    }

    @Test
    void runningLoadOfAKeptModelIsEndedAndBegunAnew() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("loading", LLAMA_VERIFIED_OFTEN);
        awaitLoading();

        fixture.restartOperatorAfter(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));

        assertIsOwn(fixture.awaitReady("loading"));
        assertThat(loadsOf("loading")).containsExactly("cancelled", "loaded");
        assertThat(identifiers()).containsExactly("loading");
    }

    @Test
    void runningUnloadIsEndedAndBegunAnew() {
        givenAnUnloadThatHangs("unloading");

        fixture.restartOperator();

        fixture.awaitGone("unloading");
        assertThat(identifiers()).isEmpty();
        assertThat(fixture.lmStudio().journal().calls("unload")).hasSize(2).allMatch(JournalEntry::isFinished);
    }

    @Test
    void deletionIsFinishedWhenTheUnloadEndedWithoutAnOperator() {
        givenAnUnloadThatHangs("unloaded-alone");

        fixture.restartOperatorAfter(() -> fixture.lmStudio().evict("unloaded-alone"));

        fixture.awaitGone("unloaded-alone");
        assertThat(fixture.lmStudio().journal().calls("unload")).hasSize(1);
        assertThat(loadsOf("unloaded-alone")).containsExactly("loaded");
    }

    @Test
    void busyInstanceOfADeletedModelIsDrainedByTheNextOperator() {
        fixture.apply("draining", LLAMA_VERIFIED_OFTEN + ", drainSeconds: 600");
        fixture.awaitReady("draining");
        fixture.lmStudio().setActivity("draining", "generating", 1);
        fixture.resource("draining").delete();
        fixture.awaitReason("draining", "Draining");

        restartWhileDraining("draining");
        fixture.lmStudio().setActivity("draining", "idle", 0);

        fixture.awaitGone("draining");
        assertThat(fixture.lmStudio().journal().calls("unload", "draining")).hasSize(1);
    }

    @Test
    void busyInstanceOfAChangedModelIsDrainedAndReloadedOnceByTheNextOperator() {
        fixture.apply("changing", TEMPORARY + ", drainSeconds: 600");
        fixture.awaitReady("changing");
        fixture.lmStudio().setActivity("changing", "generating", 1);
        fixture.apply("changing", TEMPORARY.replace("3600", "7200") + ", drainSeconds: 600");
        fixture.awaitReason("changing", "Draining");

        restartWhileDraining("changing");
        fixture.lmStudio().setActivity("changing", "idle", 0);

        fixture.await(
                "changing",
                "is verified with the new TTL",
                model -> "Verified".equals(AppliedModels.reason(model))
                        && Long.valueOf(7200)
                                .equals(AppliedModels.instance(model).ttlSeconds()));
        assertThat(fixture.lmStudio().journal().calls("unload", "changing")).hasSize(1);
        assertThat(loadsOf("changing")).containsExactly("loaded", "loaded");
    }

    private void givenAnUnloadThatHangs(String name) {
        fixture.apply(name, LLAMA_VERIFIED_OFTEN);
        fixture.awaitReady(name);
        fixture.lmStudio().fault(Fault.on("unload", "hang").once());
        fixture.resource(name).delete();
        awaitHanging("unload");
    }

    private void restartWhileDraining(String name) {
        fixture.restartOperator();
        int looks = looks();
        eventually("the next operator has observed LM Studio repeatedly", this::looks, now -> now > looks + 1);
        fixture.awaitReason(name, "Draining");
        assertThat(fixture.lmStudio().journal().calls("unload")).isEmpty();
        assertThat(identifiers()).containsExactly(name);
    }

    private void awaitLoading() {
        eventually("the load runs", () -> fixture.lmStudio().loading(), loads -> loads.size() == 1);
    }

    private void awaitHanging(String command) {
        eventually(
                "lms %s hangs".formatted(command),
                () -> fixture.lmStudio().journal().calls(command),
                calls -> calls.stream().anyMatch(call -> call.waitsFor().isPresent()));
    }

    private static void assertIsOwn(ManagedModel model) {
        assertThat(AppliedModels.instance(model).adopted()).isFalse();
    }

    private int looks() {
        return fixture.lmStudio().journal().calls("ps").size();
    }

    private List<String> loadsOf(String name) {
        return fixture.lmStudio().journal().loadsOf(name);
    }

    private List<String> identifiers() {
        return fixture.lmStudio().instances().stream()
                .map(SimulatedInstance::identifier)
                .toList();
    }
}
