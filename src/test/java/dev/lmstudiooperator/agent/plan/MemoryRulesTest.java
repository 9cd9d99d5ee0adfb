package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Situations.KEY;
import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.REVISION;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.identifier;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.onDevice;
import static dev.lmstudiooperator.agent.plan.Situations.onDisk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests that a model without enough memory waits, and that the message names the models that use the memory. */
class MemoryRulesTest {

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
