package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
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
        assertThat(fixture.lmStudio().identifiers())
                .doesNotHaveDuplicates()
                .noneMatch(identifier -> identifier.contains(":"));
        fixture.lmStudio().revokeFaults();
        fixture.lmStudio().startServer();
    }

    @Test
    void queuedTemporaryModelIsLoadedByTheNextOperator() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("first", LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().awaitLoading();
        fixture.apply("waiting", TEMPORARY);
        fixture.awaitReason("waiting", "WaitingForTurn");

        fixture.restartOperatorAfter(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));

        fixture.awaitReason("waiting", "Verified");
        fixture.awaitReady("first");
        assertThat(fixture.journal().loadsOf("waiting")).containsExactly("loaded");
        assertThat(fixture.journal().loadsOf("first")).containsExactly("cancelled", "loaded");
    }

    @Test
    void nextOperatorLoadsATemporaryModelWhoseLoadNeverReachedLmStudio() {
        fixture.lmStudio().fault(Fault.on("load", "hang").once());
        fixture.apply("intended", TEMPORARY);
        fixture.lmStudio().awaitHanging("load");

        fixture.restartOperator();

        fixture.awaitReason("intended", "Verified");
        assertThat(fixture.journal().loadsOf("intended")).containsExactly("loaded");
        assertThat(fixture.journal().calls("load")).hasSize(2).allMatch(JournalEntry::isFinished);
    }

    @Test
    void runningLoadOfATemporaryModelIsCancelledAndRestarted() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("loading", TEMPORARY);
        fixture.lmStudio().awaitLoading();

        fixture.restartOperatorAfter(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));

        assertIsOwn(fixture.awaitReason("loading", "Verified"));
        assertThat(fixture.journal().loadsOf("loading")).containsExactly("cancelled", "loaded");
    }

    @Test
    void loadOfATemporaryModelThatEndsWithoutAnOperatorIsNotRepeated() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("loaded-alone", TEMPORARY);
        fixture.lmStudio().awaitLoading();

        fixture.restartOperatorAfter(() -> {
            fixture.lmStudio().advanceClock(LOAD_TIME);
            eventually("the load has ended", () -> fixture.lmStudio().loading(), List::isEmpty);
        });

        assertIsOwn(fixture.awaitReason("loaded-alone", "Verified"));
        assertThat(fixture.journal().loadsOf("loaded-alone")).containsExactly("loaded");
    }

    @Test
    void temporaryModelThatWasLoadedAndNotVerifiedIsVerifiedByTheNextOperator() {
        fixture.lmStudio().stopServer();
        fixture.apply("unverified", TEMPORARY);
        fixture.awaitReason("unverified", "ServerNotRunning");

        fixture.restartOperatorAfter(() -> fixture.lmStudio().startServer());

        assertIsOwn(fixture.awaitReason("unverified", "Verified"));
        assertThat(fixture.journal().loadsOf("unverified")).containsExactly("loaded");
    }

    @Test
    void verifiedTemporaryModelIsVerifiedByTheNextOperatorAndExpiresOnce() {
        fixture.apply("verified", TEMPORARY);
        fixture.awaitReason("verified", "Verified");

        fixture.restartOperator();
        fixture.lmStudio().awaitCalls("ps", 1);
        assertIsOwn(fixture.awaitReason("verified", "Verified"));

        fixture.restartOperatorAfter(() -> fixture.lmStudio().advanceClock(Duration.ofHours(2)));

        fixture.awaitReason("verified", "Expired");
        assertThat(fixture.journal().loadsOf("verified")).containsExactly("loaded");
    }

    @Test
    void runningLoadOfAKeptModelIsCancelledAndRestarted() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("loading", LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().awaitLoading();

        fixture.restartOperatorAfter(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));

        assertIsOwn(fixture.awaitReady("loading"));
        assertThat(fixture.journal().loadsOf("loading")).containsExactly("cancelled", "loaded");
        assertThat(fixture.lmStudio().identifiers()).containsExactly("loading");
    }

    @Test
    void runningUnloadIsCancelledAndRestarted() {
        givenAnUnloadThatHangs("unloading");

        fixture.restartOperator();

        fixture.awaitGone("unloading");
        assertThat(fixture.lmStudio().identifiers()).isEmpty();
        assertThat(fixture.journal().calls("unload")).hasSize(2).allMatch(JournalEntry::isFinished);
    }

    @Test
    void deletionIsFinishedWhenTheUnloadEndedWithoutAnOperator() {
        givenAnUnloadThatHangs("unloaded-alone");

        fixture.restartOperatorAfter(() -> fixture.lmStudio().evict("unloaded-alone"));

        fixture.awaitGone("unloaded-alone");
        assertThat(fixture.journal().calls("unload")).hasSize(1);
        assertThat(fixture.journal().loadsOf("unloaded-alone")).containsExactly("loaded");
    }

    @Test
    void busyInstanceOfADeletedModelIsDrainedByTheNextOperator() {
        fixture.applyAndAwaitReady("draining", LLAMA_VERIFIED_OFTEN + ", drainSeconds: 600");
        fixture.lmStudio().setActivity("draining", "generating", 1);
        fixture.resource("draining").delete();
        fixture.awaitReason("draining", "Draining");

        restartWhileDraining("draining");
        fixture.lmStudio().setActivity("draining", "idle", 0);

        fixture.awaitGone("draining");
        assertThat(fixture.journal().calls("unload", "draining")).hasSize(1);
    }

    @Test
    void busyInstanceOfAChangedModelIsDrainedAndReloadedOnceByTheNextOperator() {
        fixture.applyAndAwaitReady("changing", TEMPORARY + ", drainSeconds: 600");
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
        assertThat(fixture.journal().calls("unload", "changing")).hasSize(1);
        assertThat(fixture.journal().loadsOf("changing")).containsExactly("loaded", "loaded");
    }

    private void givenAnUnloadThatHangs(String name) {
        fixture.applyAndAwaitReady(name, LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().fault(Fault.on("unload", "hang").once());
        fixture.resource(name).delete();
        fixture.lmStudio().awaitHanging("unload");
    }

    private void restartWhileDraining(String name) {
        fixture.restartOperator();
        fixture.lmStudio().awaitCalls("ps", 2);
        fixture.awaitReason(name, "Draining");
        assertThat(fixture.journal().calls("unload")).isEmpty();
        assertThat(fixture.lmStudio().identifiers()).containsExactly(name);
    }

    private static void assertIsOwn(ManagedModel model) {
        assertThat(AppliedModels.instance(model).adopted()).isFalse();
    }
}
