package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static dev.lmstudiooperator.operator.ModelSpecs.QWEN_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of the operator and its {@code lms} during a load. LM Studio completes the load, or does not. */
@OperatorTest
class InterruptedLoadIT {

    private static final String TEMPORARY = LLAMA_VERIFIED_OFTEN + ", retention: Temporary, ttlSeconds: 3600";

    /** In LM Studio's time, which the tests advance. */
    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final OperatorFixture fixture;

    InterruptedLoadIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void temporaryModelWhoseLoadWasCutOffIsLoadedAgainAndNeverExpired() {
        fixture.lmStudio().set("lateLoad", false);
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        try (SeenReasons reasons = new SeenReasons(fixture, "cut-off")) {
            fixture.apply("cut-off", TEMPORARY);
            cutOffTheLoad(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));

            ManagedModel ready = fixture.awaitReadyAfterLoads("cut-off", 1);

            assertThat(AppliedModels.reason(ready)).isEqualTo("Verified");
            assertThat(AppliedModels.instance(ready).adopted()).isFalse();
            assertThat(reasons.all()).contains("Verified").doesNotContain("Expired");
            assertThat(fixture.journal().loadsOf("cut-off")).containsExactly("cancelled", "loaded");
        }
    }

    @Test
    void keptModelWhoseLoadWasCutOffIsLoadedAgain() {
        fixture.lmStudio().set("lateLoad", false);
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("cut-off", LLAMA_VERIFIED_OFTEN);
        cutOffTheLoad(() -> fixture.lmStudio().setLoadTime(Duration.ZERO));

        ManagedModel ready = fixture.awaitReadyAfterLoads("cut-off", 1);

        assertThat(AppliedModels.instance(ready).adopted()).isFalse();
        assertThat(fixture.journal().loadsOf("cut-off")).containsExactly("cancelled", "loaded");
    }

    @Test
    void loadThatLmStudioContinuesWithoutListingItIsNotRepeated() {
        fixture.lmStudio().set("listWhileLoading", false);
        awaitsTheLoadThatGoesOn("unseen", LLAMA_VERIFIED_OFTEN);
    }

    /** Its revision was loaded before. Only the reason of the condition shows that it is loading again. */
    @Test
    void loadAfterAnEvictionThatLmStudioContinuesIsNotRepeated() {
        fixture.lmStudio().set("reserveIdentifier", false);
        fixture.applyAndAwaitLoad("evicted", LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.lmStudio().evict("evicted");
        cutOffTheLoad(() -> {});
        awaitQuestions(10);

        assertThat(fixture.journal().calls("load")).hasSize(2);
        fixture.lmStudio().advanceClock(LOAD_TIME);

        fixture.awaitReady("evicted");
        assertThat(fixture.journal().calls("load")).hasSize(2);
        assertThat(fixture.journal().loadsOf("evicted")).containsExactly("loaded", "loaded");
        assertThat(fixture.lmStudio().identifiers()).containsExactly("evicted");
    }

    @Test
    void loadOfATemporaryModelThatLmStudioContinuesIsNotRepeated() {
        fixture.lmStudio().set("listWhileLoading", false);
        awaitsTheLoadThatGoesOn("temporary", TEMPORARY);
    }

    @Test
    void loadThatLmStudioListsWhileItContinuesIsNotVerifiedBeforeItHasEnded() {
        fixture.lmStudio().set("listWhileLoading", true);
        awaitsTheLoadThatGoesOn("listed", LLAMA_VERIFIED_OFTEN);
    }

    @Test
    void loadWhoseIdentifierLmStudioDoesNotReserveIsNotRepeated() {
        fixture.lmStudio().set("reserveIdentifier", false);
        awaitsTheLoadThatGoesOn("unreserved", LLAMA_VERIFIED_OFTEN);
    }

    @Test
    void noOtherModelIsLoadedWhileACutOffLoadGoesOn() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("going-on", LLAMA_VERIFIED_OFTEN);
        cutOffTheLoad(() -> {});
        fixture.apply("waiting", QWEN_VERIFIED_OFTEN);

        ManagedModel waiting = fixture.awaitReason("waiting", "WaitingForTurn");
        awaitQuestions(5);

        assertThat(AppliedModels.message(waiting)).contains("going-on", "may still be loading");
        assertThat(fixture.journal().calls("load")).hasSize(1);
        fixture.lmStudio().setLoadTime(Duration.ZERO);
        fixture.lmStudio().advanceClock(LOAD_TIME);
        fixture.awaitReadyAfterLoads("going-on", 1);
        fixture.awaitReadyAfterLoads("waiting", 1);
        assertThat(fixture.journal().calls("load")).hasSize(2);
        assertThat(fixture.journal().mostLoadsAtOnce()).isEqualTo(1);
    }

    @Test
    void loadOfAnotherClientThatIsListedWhileItLoadsIsNotVerifiedBeforeItHasEnded() {
        fixture.lmStudio().set("listWhileLoading", true);
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        Thread client = Thread.ofVirtual().start(() -> fixture.lmStudio()
                .lms("load", "llama-3.2-1b-instruct", "--yes", "--local", "--identifier=theirs", "--ttl=600"));
        fixture.lmStudio().awaitLoading();
        try (SeenReasons reasons = new SeenReasons(fixture, "theirs")) {
            fixture.apply("theirs", LLAMA_VERIFIED_OFTEN + ", ttlSeconds: 600");

            fixture.awaitReason("theirs", "Loading");
            awaitQuestions(5);

            assertThat(reasons.all()).doesNotContain("Verified", "IdentifierConflict");
            fixture.lmStudio().advanceClock(LOAD_TIME);
            assertIsVerifiedAfterItsLoad("theirs", fixture.awaitReason("theirs", "Verified"));
            assertThat(fixture.journal().loadsOf("theirs")).containsExactly("loaded");
            assertThat(fixture.journal().calls("unload")).isEmpty();
        } finally {
            fixture.lmStudio().advanceClock(LOAD_TIME);
            join(client);
        }
    }

    @Test
    void modelThatIsDeletedWhileItsCutOffLoadGoesOnLeavesNothingInMemory() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("deleted", LLAMA_VERIFIED_OFTEN);
        cutOffTheLoad(() -> {});
        fixture.resource("deleted").delete();
        awaitQuestions(5);

        assertThat(fixture.resource("deleted").get()).isNotNull();
        fixture.lmStudio().advanceClock(LOAD_TIME);

        fixture.awaitGone("deleted");
        assertThat(fixture.lmStudio().identifiers()).isEmpty();
        assertThat(fixture.journal().loadsOf("deleted")).containsExactly("loaded");
    }

    @Test
    void modelThatIsDeletedAfterItsLoadWasCutOffIsReleasedWhenNothingLoads() {
        fixture.lmStudio().set("lateLoad", false);
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("deleted", LLAMA_VERIFIED_OFTEN);

        cutOffTheLoad(() -> fixture.resource("deleted").delete());

        fixture.awaitGone("deleted");
        assertThat(fixture.journal().loadsOf("deleted")).containsExactly("cancelled");
        assertThat(fixture.lmStudio().identifiers()).isEmpty();
    }

    private void awaitsTheLoadThatGoesOn(String name, String spec) {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        try (SeenReasons reasons = new SeenReasons(fixture, name)) {
            fixture.apply(name, spec);
            cutOffTheLoad(() -> {});
            awaitQuestions(10);

            assertThat(reasons.all()).doesNotContain("Verified", "Expired", "IdentifierConflict");
            assertThat(fixture.journal().calls("load")).hasSize(1);
            assertThat(fixture.journal().loadsOf(name)).containsExactly("");
            fixture.lmStudio().advanceClock(LOAD_TIME);

            ManagedModel ready = fixture.awaitReadyAfterLoads(name, 1);
            assertIsVerifiedAfterItsLoad(name, ready);
            assertThat(AppliedModels.instance(ready).adopted()).isFalse();
            assertThat(reasons.all()).doesNotContain("Expired", "IdentifierConflict");
            assertThat(fixture.journal().calls("load")).hasSize(1);
            assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded");
            assertThat(fixture.lmStudio().identifiers()).containsExactly(name);
        }
    }

    /** When this returns, the next operator is running and has queried LM Studio. */
    private void cutOffTheLoad(Runnable meanwhile) {
        fixture.lmStudio().awaitLoading();
        fixture.operator().killWithChildren();
        fixture.restartOperatorAfter(meanwhile);
    }

    /** Waits until the operator has queried LM Studio this many more times for running loads. */
    private void awaitQuestions(int more) {
        int before = questions();
        eventually("the operator queries LM Studio for running loads", this::questions, now -> now >= before + more);
    }

    private int questions() {
        return (int) fixture.journal().http().stream()
                .filter(call -> call.request().equals("GET /api/v0/models"))
                .count();
    }

    private void assertIsVerifiedAfterItsLoad(String name, ManagedModel verified) {
        Instant endedAt = fixture.journal().loads().stream()
                .filter(load -> load.raw().path("identifier").asText().equals(name))
                .map(JournalEntry::endedAt)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
        assertThat(Instant.parse(AppliedModels.verification(verified).checkedTime()))
                .isAfterOrEqualTo(endedAt.minusMillis(1));
    }

    private static void join(Thread client) {
        try {
            client.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
