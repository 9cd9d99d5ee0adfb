package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.KEY;
import static dev.lmstudiooperator.agent.plan.Situations.NAME;
import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.REVISION;
import static dev.lmstudiooperator.agent.plan.Situations.TTL;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.identifier;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.onDevice;
import static dev.lmstudiooperator.agent.plan.Situations.onDisk;
import static dev.lmstudiooperator.agent.plan.Situations.recordedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Copies;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Situations;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests that a missing instance is loaded if this is permitted and possible. */
class LoadRulesTest {

    @Test
    void intentIsWrittenBeforeTheLoad() {
        Decision decision = given().decision();

        assertThat(decision.step()).isEqualTo(new Action.RecordIntent());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LOADING);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.finding().message()).contains("Loading " + KEY);
    }

    @Test
    void writtenIntentIsCarriedOut() {
        Decision decision = given().begun(REVISION).decision();

        assertThat(decision.step())
                .isInstanceOf(Action.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
        assertThat(decision.finding().message()).contains("Loading " + KEY);
    }

    @Test
    void loadAsksForExactlyWhatTheSpecSays() {
        Decision decision = given().load(8192, 2).begun(REVISION).decision();

        assertThat(decision.step())
                .isEqualTo(new Action.Mutate(new ModelOperation.Load(
                        new LoadRequest(KEY, NAME, TTL, 8192, null, 2, "path/of/" + KEY), REVISION)));
    }

    @Test
    void evictedModelIsLoadedAgain() {
        Decision decision = given().begun(REVISION)
                .done(REVISION)
                .recorded(recordedAt(ago(60)))
                .decision();

        assertThat(decision.step())
                .isInstanceOf(Action.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
        assertThat(decision.finding().message()).contains("Model was evicted");
    }

    @Test
    void modelWhoseLoadWasInterruptedIsLoadedAgain() {
        Decision decision = given().begun(REVISION).decision();

        assertThat(decision.step())
                .isInstanceOf(Action.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
        assertThat(decision.finding().message()).contains("Loading");
    }

    @Test
    void newRevisionIsNotCalledAnEviction() {
        Decision decision =
                given().begun("revision-0").recorded(recordedAt(ago(60))).decision();

        assertThat(decision.step()).isEqualTo(new Action.RecordIntent());
        assertThat(decision.finding().message()).contains("Loading");
    }

    @Test
    void intentIsNotWrittenBeforeTheTurn() {
        Decision decision = given().temporary().turnOf("team-a/chat").decision();

        assertThat(decision.step()).isInstanceOf(Action.Enqueue.class);
        assertThat(decision.finding().reason()).isEqualTo(Reason.WAITING_FOR_TURN);
    }

    @Test
    void failedLoadIsNotTriedAgainAtOnce() {
        Decision decision = given().begun(REVISION)
                .failure(Reason.LOAD_FAILED, ago(3), in(2))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LOAD_FAILED);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(2));
        assertThat(decision.finding().message()).contains("Next attempt at " + in(2));
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void failedLoadIsTriedAgainWhenItsTimeHasCome() {
        Decision decision =
                given().begun(REVISION).failure(Reason.LOAD_FAILED, ago(5), NOW).decision();

        assertThat(decision.step())
                .isInstanceOf(Action.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
    }

    @Test
    void strangersDoNotCount() {
        Decision decision =
                given().besides(identifier("other").apply(instance())).decision();

        assertThat(decision.step()).isEqualTo(new Action.RecordIntent());
    }

    @Test
    void whatDoesNotFitSaysHowMuchItNeedsAndWhoHoldsTheMemory() {
        Decision decision = givenWithoutRoom()
                .besides(
                        identifier("big").apply(instance()), identifier("other").apply(instance()))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.INSUFFICIENT_MEMORY);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.finding().message())
                .contains("It went wrong. The model is 5.0 GB on disk")
                .contains("Loaded models: big (qwen/qwen3-8b, 5.0 GB), other (qwen/qwen3-8b, 5.0 GB)")
                .contains("Retrying when an instance is unloaded, or at " + in(20));
        assertThat(decision.revisitAt()).contains(in(20));
    }

    @Test
    void largestHoldersAreToldAndTheRestCounted() {
        Instance[] many = IntStream.rangeClosed(1, 7)
                .mapToObj(i -> Copies.copy(identifier("model-" + i).apply(instance()), "sizeBytes", i * 1_000_000_000L))
                .toArray(Instance[]::new);

        assertThat(givenWithoutRoom().besides(many).decision().finding().message())
                .contains("Loaded models: model-7", "model-3 (qwen/qwen3-8b, 3.0 GB) and 2 more")
                .doesNotContain("model-2");
    }

    @Test
    void linkedDeviceHoldsNoMemoryHere() {
        assertThat(givenWithoutRoom()
                        .besides(onDevice("laptop").apply(identifier("far").apply(instance())))
                        .decision()
                        .finding()
                        .message())
                .contains("No models are loaded")
                .doesNotContain("far");
    }

    @Test
    void loadIsTriedAgainAtOnceWhenMemoryIsFreed() {
        assertThat(givenWithoutRoom().memoryFreedAt(NOW).decision().step()).isInstanceOf(Action.Mutate.class);
    }

    @Test
    void memoryThatWasFreedBeforeTheFailureIsNoNews() {
        assertThat(givenWithoutRoom().memoryFreedAt(ago(10)).decision().step()).isEqualTo(new Action.Wait());
    }

    @Test
    void freedMemoryHelpsNoOtherFailure() {
        Situations failed = given().begun(REVISION).failure(Reason.LOAD_FAILED, ago(10), in(20));

        assertThat(failed.memoryFreedAt(NOW).decision().step()).isEqualTo(new Action.Wait());
    }

    @Test
    void loadIsTriedAgainWhenItsTimeHasCome() {
        assertThat(givenWithoutRoom().at(in(20)).decision().step()).isInstanceOf(Action.Mutate.class);
    }

    private static Situations givenWithoutRoom() {
        return given().begun(REVISION).failure(Reason.INSUFFICIENT_MEMORY, ago(10), in(20));
    }

    @Test
    void holdersThatAreAllToldAreNotCounted() {
        Instance[] five = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> identifier("model-" + i).apply(instance()))
                .toArray(Instance[]::new);

        assertThat(givenWithoutRoom().besides(five).decision().finding().message())
                .contains("model-5")
                .doesNotContain(" more");
    }

    @Test
    void sizeOnDiskIsThatOfTheModelOnThisMachine() {
        assertThat(givenWithoutRoom()
                        .downloads(
                                sized(onDisk("other", null), 1),
                                sized(onDisk(KEY, "laptop"), 2),
                                sized(onDisk(KEY, null), 3))
                        .decision()
                        .finding()
                        .message())
                .contains("The model is 3.0 GB on disk");
    }

    private static DownloadedModel sized(DownloadedModel model, int gigabytes) {
        return Copies.copy(model, "sizeBytes", gigabytes * 1_000_000_000L);
    }
}
