package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NAME;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.REVISION;
import static dev.lmstudiooperator.agent.plan.PlanInputs.TTL;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.identifier;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.instance;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDevice;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDisk;
import static dev.lmstudiooperator.agent.plan.PlanInputs.recordedAt;
import static dev.lmstudiooperator.agent.plan.rules.DecisionAssertions.assertLoads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.Copies;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
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

        assertThat(decision.action()).isEqualTo(new Action.RecordIntent());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LOADING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().message()).contains("Loading " + KEY);
    }

    @Test
    void writtenIntentIsCarriedOut() {
        Decision decision = given().begun(REVISION).decision();

        assertLoads(decision);
        assertThat(decision.summary().message()).contains("Loading " + KEY);
    }

    @Test
    void loadAsksForExactlyWhatTheSpecSays() {
        Decision decision = given().load(8192, 2).begun(REVISION).decision();

        assertThat(decision.action())
                .isEqualTo(new Action.Execute(new ModelOperation.Load(
                        new LoadRequest(KEY, NAME, TTL, 8192, null, 2, "path/of/" + KEY), REVISION)));
    }

    @Test
    void evictedModelIsLoadedAgain() {
        Decision decision = given().begun(REVISION)
                .done(REVISION)
                .recorded(recordedAt(ago(60)))
                .decision();

        assertLoads(decision);
        assertThat(decision.summary().message()).contains("Model was evicted");
    }

    @Test
    void modelWhoseLoadWasInterruptedIsLoadedAgain() {
        Decision decision = given().begun(REVISION).decision();

        assertLoads(decision);
        assertThat(decision.summary().message()).contains("Loading");
    }

    @Test
    void newRevisionIsNotCalledAnEviction() {
        Decision decision =
                given().begun("revision-0").recorded(recordedAt(ago(60))).decision();

        assertThat(decision.action()).isEqualTo(new Action.RecordIntent());
        assertThat(decision.summary().message()).contains("Loading");
    }

    @Test
    void intentIsNotWrittenBeforeTheTurn() {
        Decision decision = given().temporary().slotHolder("team-a/chat").decision();

        assertThat(decision.action()).isInstanceOf(Action.Enqueue.class);
        assertThat(decision.summary().reason()).isEqualTo(Reason.WAITING_FOR_TURN);
    }

    @Test
    void failedLoadIsNotTriedAgainAtOnce() {
        Decision decision = given().begun(REVISION)
                .failure(Reason.LOAD_FAILED, ago(3), in(2))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LOAD_FAILED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(2));
        assertThat(decision.summary().message()).contains("Next attempt at " + in(2));
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void failedLoadIsTriedAgainWhenItsTimeHasCome() {
        Decision decision =
                given().begun(REVISION).failure(Reason.LOAD_FAILED, ago(5), NOW).decision();

        assertLoads(decision);
    }

    @Test
    void strangersDoNotCount() {
        Decision decision =
                given().besides(identifier("other").apply(instance())).decision();

        assertThat(decision.action()).isEqualTo(new Action.RecordIntent());
    }

    @Test
    void modelThatDoesNotFitReportsItsSizeAndTheLoadedInstances() {
        Decision decision = givenWithoutRoom()
                .besides(
                        identifier("big").apply(instance()), identifier("other").apply(instance()))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.INSUFFICIENT_MEMORY);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().message())
                .contains("It went wrong. The model is 5.0 GB on disk")
                .contains("Loaded models: big (qwen/qwen3-8b, 5.0 GB), other (qwen/qwen3-8b, 5.0 GB)")
                .contains("Retrying when an instance is unloaded, or at " + in(20));
        assertThat(decision.revisitAt()).contains(in(20));
    }

    @Test
    void largestInstancesAreNamedAndTheRestIsCounted() {
        Instance[] many = IntStream.rangeClosed(1, 7)
                .mapToObj(i -> Copies.copy(identifier("model-" + i).apply(instance()), "sizeBytes", i * 1_000_000_000L))
                .toArray(Instance[]::new);

        assertThat(givenWithoutRoom().besides(many).decision().summary().message())
                .contains("Loaded models: model-7", "model-3 (qwen/qwen3-8b, 3.0 GB) and 2 more")
                .doesNotContain("model-2");
    }

    @Test
    void linkedDeviceHoldsNoMemoryHere() {
        assertThat(givenWithoutRoom()
                        .besides(onDevice("laptop").apply(identifier("far").apply(instance())))
                        .decision()
                        .summary()
                        .message())
                .contains("No models are loaded")
                .doesNotContain("far");
    }

    @Test
    void loadIsTriedAgainAtOnceWhenMemoryIsFreed() {
        assertThat(givenWithoutRoom().memoryFreedAt(NOW).decision().action()).isInstanceOf(Action.Execute.class);
    }

    @Test
    void memoryThatWasFreedBeforeTheFailureIsIgnored() {
        assertThat(givenWithoutRoom().memoryFreedAt(ago(10)).decision().action())
                .isEqualTo(new Action.Wait());
    }

    @Test
    void freedMemoryHelpsNoOtherFailure() {
        PlanInputs failed = given().begun(REVISION).failure(Reason.LOAD_FAILED, ago(10), in(20));

        assertThat(failed.memoryFreedAt(NOW).decision().action()).isEqualTo(new Action.Wait());
    }

    @Test
    void loadIsTriedAgainWhenItsTimeHasCome() {
        assertThat(givenWithoutRoom().at(in(20)).decision().action()).isInstanceOf(Action.Execute.class);
    }

    private static PlanInputs givenWithoutRoom() {
        return given().begun(REVISION).failure(Reason.INSUFFICIENT_MEMORY, ago(10), in(20));
    }

    @Test
    void instancesThatAreAllNamedAreNotCounted() {
        Instance[] five = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> identifier("model-" + i).apply(instance()))
                .toArray(Instance[]::new);

        assertThat(givenWithoutRoom().besides(five).decision().summary().message())
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
                        .summary()
                        .message())
                .contains("The model is 3.0 GB on disk");
    }

    private static DownloadedModel sized(DownloadedModel model, int gigabytes) {
        return Copies.copy(model, "sizeBytes", gigabytes * 1_000_000_000L);
    }
}
