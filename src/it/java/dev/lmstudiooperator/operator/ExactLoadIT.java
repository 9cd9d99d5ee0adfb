package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.QWEN_VERIFIED_OFTEN;
import static dev.lmstudiooperator.operator.ModelSpecs.VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.Journal;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** The agent loads exactly the requested model. It unloads any other model that a load brings. */
@OperatorTest
class ExactLoadIT {

    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final OperatorFixture fixture;

    ExactLoadIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void modelIsLoadedByItsExactPath() {
        addModel("llava-mm-7b-chat", "lab/llava/llava-mm-7b-chat.gguf");
        addModel("llava-mm-7b", "lab/llava/llava-mm-7b.gguf");

        fixture.apply("exact", "model: llava-mm-7b, " + VERIFIED_OFTEN);

        fixture.awaitReady("exact");
        assertThat(loadCalls()).singleElement().satisfies(call -> assertThat(call.argv())
                .containsSubsequence("load", "--exact", "lab/llava/llava-mm-7b.gguf"));
        assertThat(loadedModels()).containsExactly("llava-mm-7b");
    }

    @Test
    void modelThatSharesItsPathIsLoadedByItsKey() {
        addModel("twin-one", "lab/twins/twin.gguf");
        addModel("twin-two", "lab/twins/twin.gguf");

        fixture.apply("twin", "model: twin-two, " + VERIFIED_OFTEN);

        fixture.awaitReady("twin");
        assertThat(loadCalls()).singleElement().satisfies(call -> assertThat(call.argv())
                .startsWith("load", "twin-two")
                .doesNotContain("--exact"));
        assertThat(loadedModels()).containsExactly("twin-two");
    }

    @Test
    void modelThatLmsSkipsIsStalledAndNoOtherIsLoadedInItsPlace() {
        addModel(SimulatorProcess.object().put("modelKey", "llava-mm").put("architecture", "clip"));
        fixture.lmStudio().addModel("llava-mm-7b-chat");

        fixture.apply("skipped", "model: llava-mm, " + VERIFIED_OFTEN);

        isStalledAsNotLoadable("skipped", "llava-mm has the architecture clip", "Choose the model that it belongs to");
    }

    @Test
    void modelOfAFormatThatLmsCannotListIsStalledAndNotLoaded() {
        addModel(SimulatorProcess.object().put("modelKey", "phi-onnx").put("format", "onnx"));

        fixture.apply("blinding", "model: phi-onnx, " + VERIFIED_OFTEN);

        isStalledAsNotLoadable("blinding", "phi-onnx has the format onnx", "Choose a GGUF or safetensors version");
    }

    @Test
    void modelThatLeavesTheDiskBeforeTheLoadIsNotReplacedByASimilarOne() {
        fixture.lmStudio().addModel("vanishing-4b");
        fixture.lmStudio().addModel("vanishing-4b-chat");
        fixture.lmStudio().fault(Fault.on("load", "modelGone").once());

        fixture.apply("vanishing", "model: vanishing-4b, " + VERIFIED_OFTEN);

        ManagedModel stalled = fixture.awaitStalled("vanishing", "ModelNotFound");
        assertThat(AppliedModels.message(stalled)).contains("vanishing-4b-chat");
        assertThat(loadCalls()).hasSize(1);
        assertThat(fixture.journal().loads()).isEmpty();
        assertThat(fixture.lmStudio().instances()).isEmpty();
    }

    @Test
    void otherModelThatALoadBringsIsUnloadedImmediatelyAndNeverAdopted() {
        fixture.lmStudio().fault(Fault.on("load", "wrongModel").once());

        List<ManagedModel> seen = seenWhile(() -> {
            ManagedModel ready = fixture.applyAndAwaitLoad("wrong", QWEN_VERIFIED_OFTEN);
            assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo("qwen3-4b");
        });

        assertThat(seen).isNotEmpty().noneMatch(ExactLoadIT::isAdopted);
        Journal journal = fixture.journal();
        assertThat(journal.calls("unload", "wrong")).hasSize(1);
        assertThat(journal.loadsOf("wrong")).containsExactly("loaded", "loaded");
        fixture.awaitEvent("wrong", "LoadFailed");
        fixture.deleteAndAwaitGone("wrong");
        assertThat(fixture.lmStudio().instances()).isEmpty();
    }

    @Test
    void deletionDuringTheUnloadOfTheOtherModelLeavesNothingInMemory() {
        fixture.lmStudio().fault(Fault.on("load", "wrongModel"));
        fixture.apply("wrong", QWEN_VERIFIED_OFTEN);
        fixture.awaitReason("wrong", "LoadFailed");

        fixture.deleteAndAwaitGone("wrong");

        assertThat(fixture.lmStudio().instances()).isEmpty();
    }

    @Test
    void otherModelThatALoadBroughtWhileNoAgentRanIsUnloadedByTheNextOne() {
        fixture.lmStudio().fault(Fault.on("load", "wrongModel").once());
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("wrong", QWEN_VERIFIED_OFTEN);
        fixture.lmStudio().awaitLoading();

        List<ManagedModel> seen = seenWhile(() -> {
            fixture.restartOperatorAfter(() -> {
                fixture.lmStudio().advanceClock(LOAD_TIME);
                eventually("the load has ended", () -> fixture.lmStudio().loading(), List::isEmpty);
                fixture.lmStudio().setLoadTime(Duration.ZERO);
            });
            fixture.awaitReady("wrong");
        });

        isReplacedByTheRightOne(seen);
    }

    @Test
    void otherModelThatAKilledAgentCouldNotUnloadIsUnloadedByTheNextOne() {
        fixture.lmStudio().fault(Fault.on("load", "wrongModel").once());
        fixture.lmStudio().fault(Fault.on("unload", "hang").once());

        List<ManagedModel> seen = seenWhile(() -> {
            fixture.apply("wrong", QWEN_VERIFIED_OFTEN);
            fixture.lmStudio().awaitHanging("unload");
            fixture.operator().killWithChildren();
            fixture.restartOperator();
            fixture.awaitReady("wrong");
        });

        isReplacedByTheRightOne(seen);
    }

    private void isReplacedByTheRightOne(List<ManagedModel> seen) {
        assertThat(seen).isNotEmpty().noneMatch(ExactLoadIT::isAdopted);
        assertThat(loadedModels()).containsExactly("qwen3-4b");
        assertThat(fixture.journal().loadsOf("wrong")).containsExactly("loaded", "loaded");
        fixture.deleteAndAwaitGone("wrong");
        assertThat(fixture.lmStudio().instances()).isEmpty();
    }

    private void isStalledAsNotLoadable(String name, String why, String whatToDo) {
        ManagedModel stalled = fixture.awaitStalled(name, "ModelNotLoadable");

        assertThat(AppliedModels.message(stalled)).contains(why, whatToDo);
        assertThat(loadCalls()).isEmpty();
        assertThat(fixture.lmStudio().instances()).isEmpty();
    }

    private void addModel(String key, String path) {
        addModel(SimulatorProcess.object().put("modelKey", key).put("path", path));
    }

    private void addModel(ObjectNode model) {
        fixture.lmStudio().addModel(model);
    }

    /** All versions of a ManagedModel that the API server reports in the meantime. */
    private List<ManagedModel> seenWhile(Runnable happening) {
        Queue<ManagedModel> seen = new ConcurrentLinkedQueue<>();
        Watch watch = fixture.models().watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, ManagedModel model) {
                seen.add(model);
            }

            @Override
            public void onClose(WatcherException cause) {}
        });
        try {
            happening.run();
        } finally {
            watch.close();
        }
        return List.copyOf(seen);
    }

    private static boolean isAdopted(ManagedModel model) {
        return Optional.ofNullable(model.getStatus())
                .map(ManagedModelStatus::instance)
                .map(InstanceStatus::adopted)
                .orElse(false);
    }

    private List<JournalEntry> loadCalls() {
        return fixture.journal().calls("load");
    }

    private List<String> loadedModels() {
        return fixture.lmStudio().instances().stream()
                .map(SimulatedInstance::modelKey)
                .toList();
    }
}
