package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of the operator and its {@code lms} during a load. LM Studio completes the load, or does not. */
@WithScene
class InterruptedLoadIT {

    private static final String LLAMA =
            "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0, periodSeconds: 5}";
    private static final String QWEN = "model: qwen3-4b, verification: {settleSeconds: 0, periodSeconds: 5}";
    private static final String TEMPORARY = LLAMA + ", retention: Temporary, ttlSeconds: 3600";

    /** In LM Studio's time, which the tests advance. */
    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final Scene scene;

    InterruptedLoadIT(Scene scene) {
        this.scene = scene;
    }

    @Test
    void temporaryModelWhoseLoadWasCutOffIsLoadedAgainAndNeverExpired() {
        scene.lmStudio().set("lateLoad", false);
        scene.lmStudio().setLoadTime(LOAD_TIME);
        try (SeenReasons reasons = new SeenReasons(scene, "cut-off")) {
            scene.apply("cut-off", TEMPORARY);
            cutOffTheLoad(() -> scene.lmStudio().setLoadTime(Duration.ZERO));

            ManagedModel ready = scene.awaitReadyAfterLoads("cut-off", 1);

            assertThat(AppliedModels.reason(ready)).isEqualTo("Verified");
            assertThat(AppliedModels.instance(ready).adopted()).isFalse();
            assertThat(reasons.all()).contains("Verified").doesNotContain("Expired");
            assertThat(loadsOf("cut-off")).containsExactly("cancelled", "loaded");
        }
    }

    @Test
    void keptModelWhoseLoadWasCutOffIsLoadedAgain() {
        scene.lmStudio().set("lateLoad", false);
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("cut-off", LLAMA);
        cutOffTheLoad(() -> scene.lmStudio().setLoadTime(Duration.ZERO));

        ManagedModel ready = scene.awaitReadyAfterLoads("cut-off", 1);

        assertThat(AppliedModels.instance(ready).adopted()).isFalse();
        assertThat(loadsOf("cut-off")).containsExactly("cancelled", "loaded");
    }

    @Test
    void loadThatLmStudioCarriesOnUnseenIsAwaitedAndNotBegunAgain() {
        scene.lmStudio().set("listWhileLoading", false);
        awaitsTheLoadThatGoesOn("unseen", LLAMA);
    }

    /** Its revision was loaded before. Only the reason of the condition shows that it is loading again. */
    @Test
    void loadAfterAnEvictionThatLmStudioCarriesOnIsAwaitedToo() {
        scene.lmStudio().set("reserveIdentifier", false);
        scene.apply("evicted", LLAMA);
        scene.awaitReadyAfterLoads("evicted", 1);
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.lmStudio().evict("evicted");
        cutOffTheLoad(() -> {});
        awaitQuestions(10);

        assertThat(scene.lmStudio().journal().calls("load")).hasSize(2);
        scene.lmStudio().advanceClock(LOAD_TIME);

        scene.awaitReady("evicted");
        assertThat(scene.lmStudio().journal().calls("load")).hasSize(2);
        assertThat(loadsOf("evicted")).containsExactly("loaded", "loaded");
        assertThat(identifiers()).containsExactly("evicted");
    }

    @Test
    void loadOfATemporaryModelThatLmStudioCarriesOnIsTheOne() {
        scene.lmStudio().set("listWhileLoading", false);
        awaitsTheLoadThatGoesOn("temporary", TEMPORARY);
    }

    @Test
    void loadThatLmStudioListsWhileItCarriesItOnIsNotVerifiedBeforeItHasEnded() {
        scene.lmStudio().set("listWhileLoading", true);
        awaitsTheLoadThatGoesOn("listed", LLAMA);
    }

    @Test
    void loadWhoseIdentifierLmStudioDoesNotReserveIsNotBegunAgain() {
        scene.lmStudio().set("reserveIdentifier", false);
        awaitsTheLoadThatGoesOn("unreserved", LLAMA);
    }

    @Test
    void noOtherModelIsLoadedWhileACutOffLoadGoesOn() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("going-on", LLAMA);
        cutOffTheLoad(() -> {});
        scene.apply("waiting", QWEN);

        ManagedModel waiting = scene.awaitReason("waiting", "WaitingForTurn");
        awaitQuestions(5);

        assertThat(AppliedModels.message(waiting)).contains("going-on", "may still be loading");
        assertThat(scene.lmStudio().journal().calls("load")).hasSize(1);
        scene.lmStudio().setLoadTime(Duration.ZERO);
        scene.lmStudio().advanceClock(LOAD_TIME);
        scene.awaitReadyAfterLoads("going-on", 1);
        scene.awaitReadyAfterLoads("waiting", 1);
        assertThat(scene.lmStudio().journal().calls("load")).hasSize(2);
        assertThat(scene.lmStudio().journal().mostLoadsAtOnce()).isEqualTo(1);
    }

    @Test
    void loadOfAnotherClientThatIsListedWhileItLoadsIsNotVerifiedBeforeItHasEnded() {
        scene.lmStudio().set("listWhileLoading", true);
        scene.lmStudio().setLoadTime(LOAD_TIME);
        Thread client = Thread.ofVirtual().start(() -> scene.lmStudio()
                .lms("load", "llama-3.2-1b-instruct", "--yes", "--local", "--identifier=theirs", "--ttl=600"));
        awaitLoading();
        try (SeenReasons reasons = new SeenReasons(scene, "theirs")) {
            scene.apply("theirs", LLAMA + ", ttlSeconds: 600");

            scene.awaitReason("theirs", "Loading");
            awaitQuestions(5);

            assertThat(reasons.all()).doesNotContain("Verified", "IdentifierConflict");
            scene.lmStudio().advanceClock(LOAD_TIME);
            assertIsVerifiedAfterItsLoad("theirs", scene.awaitReason("theirs", "Verified"));
            assertThat(loadsOf("theirs")).containsExactly("loaded");
            assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
        } finally {
            scene.lmStudio().advanceClock(LOAD_TIME);
            join(client);
        }
    }

    @Test
    void modelThatIsDeletedWhileItsCutOffLoadGoesOnLeavesNothingInMemory() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("deleted", LLAMA);
        cutOffTheLoad(() -> {});
        scene.resource("deleted").delete();
        awaitQuestions(5);

        assertThat(scene.resource("deleted").get()).isNotNull();
        scene.lmStudio().advanceClock(LOAD_TIME);

        scene.awaitGone("deleted");
        assertThat(identifiers()).isEmpty();
        assertThat(loadsOf("deleted")).containsExactly("loaded");
    }

    @Test
    void modelThatIsDeletedAfterItsLoadWasCutOffIsLetGoWhenNothingLoads() {
        scene.lmStudio().set("lateLoad", false);
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("deleted", LLAMA);

        cutOffTheLoad(() -> scene.resource("deleted").delete());

        scene.awaitGone("deleted");
        assertThat(loadsOf("deleted")).containsExactly("cancelled");
        assertThat(identifiers()).isEmpty();
    }

    private void awaitsTheLoadThatGoesOn(String name, String spec) {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        try (SeenReasons reasons = new SeenReasons(scene, name)) {
            scene.apply(name, spec);
            cutOffTheLoad(() -> {});
            awaitQuestions(10);

            assertThat(reasons.all()).doesNotContain("Verified", "Expired", "IdentifierConflict");
            assertThat(scene.lmStudio().journal().calls("load")).hasSize(1);
            assertThat(loadsOf(name)).containsExactly("");
            scene.lmStudio().advanceClock(LOAD_TIME);

            ManagedModel ready = scene.awaitReadyAfterLoads(name, 1);
            assertIsVerifiedAfterItsLoad(name, ready);
            assertThat(AppliedModels.instance(ready).adopted()).isFalse();
            assertThat(reasons.all()).doesNotContain("Expired", "IdentifierConflict");
            assertThat(scene.lmStudio().journal().calls("load")).hasSize(1);
            assertThat(loadsOf(name)).containsExactly("loaded");
            assertThat(identifiers()).containsExactly(name);
        }
    }

    /** When this returns, the next operator is running and has queried LM Studio. */
    private void cutOffTheLoad(Runnable meanwhile) {
        awaitLoading();
        scene.operator().killWithChildren();
        scene.restartOperatorAfter(meanwhile);
    }

    private void awaitLoading() {
        eventually("the load runs", () -> scene.lmStudio().loading(), loads -> loads.size() == 1);
    }

    /** Waits until the operator has queried LM Studio this many more times for running loads. */
    private void awaitQuestions(int more) {
        int before = questions();
        eventually("the operator queries LM Studio for running loads", this::questions, now -> now >= before + more);
    }

    private int questions() {
        return (int) scene.lmStudio().journal().http().stream()
                .filter(call -> call.request().equals("GET /api/v0/models"))
                .count();
    }

    private void assertIsVerifiedAfterItsLoad(String name, ManagedModel verified) {
        Instant endedAt = scene.lmStudio().journal().loads().stream()
                .filter(load -> load.raw().path("identifier").asText().equals(name))
                .map(JournalEntry::endedAt)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
        assertThat(Instant.parse(AppliedModels.proof(verified).checkedTime())).isAfterOrEqualTo(endedAt.minusMillis(1));
    }

    private static void join(Thread client) {
        try {
            client.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
