package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several ManagedModels use one LM Studio at the same time. */
@WithScene
class ConcurrencyIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0}";
    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final Scene scene;

    ConcurrencyIT(Scene scene) {
        this.scene = scene;
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void tenManagedModelsOfOneModelAreLoadedOneAfterTheOtherEachUnderItsOwnName() {
        scene.lmStudio().set("memoryBytes", 0);
        List<String> names = names("copy", 10);

        names.parallelStream().forEach(name -> scene.apply(name, LLAMA));

        names.forEach(name -> scene.awaitReadyAfterLoads(name, 1));
        assertThat(identifiers()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(names).allSatisfy(name -> assertThat(loadsOf(name)).containsExactly("loaded"));
        assertThat(scene.lmStudio().journal().mostLoadsAtOnce()).isEqualTo(1);
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
    }

    /** Each of them needs an observation, and each observation takes a second. */
    @Test
    @FailureScenario(Category.CONCURRENCY)
    void twentyManagedModelsThatLookAtOnceShareTheirLooks() {
        scene.lmStudio().set("memoryBytes", 0);
        List<String> names = names("reader", 20);
        names.forEach(this::placeAsWeLoad);
        long before = lastSeq();
        scene.lmStudio().fault(Fault.on("ps", "delay").with("millis", 1000));

        names.parallelStream().forEach(name -> scene.apply(name, LLAMA));

        names.forEach(name -> assertThat(
                        AppliedModels.instance(scene.awaitReady(name)).adopted())
                .isTrue());
        List<JournalEntry> looks = scene.lmStudio().journal(before).calls("ps");
        assertThat(looks).isNotEmpty().hasSizeLessThanOrEqualTo(names.size() / 2);
        assertThat(looks).allSatisfy(look -> assertThat(looks)
                .filteredOn(other -> other.overlaps(look.startedAt()))
                .hasSize(1));
        assertThat(scene.lmStudio().journal().calls("load")).isEmpty();
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void unloadOfADeletedModelAndTheLoadOfItsSuccessorDoNotMeet() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("reborn", LLAMA);
        awaitLoading();

        scene.deleteAndAwaitGone("reborn");
        scene.apply("reborn", LLAMA.replace("llama-3.2-1b-instruct", "qwen3-4b"));
        awaitLoading();
        scene.lmStudio().advanceClock(LOAD_TIME);

        ManagedModel ready = scene.awaitReadyAfterLoads("reborn", 1);
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo("qwen3-4b");
        assertThat(identifiers()).containsExactly("reborn");
        assertThat(loadsOf("reborn")).containsExactly("cancelled", "loaded");
        assertThat(scene.lmStudio().journal().mostLoadsAtOnce()).isEqualTo(1);
    }

    /** The unload happens between the load and its verification, or a moment later. */
    @Test
    @FailureScenario(Category.CONCURRENCY)
    void unloadByAPersonRightAfterTheLoadIsFoundAndMadeGood() {
        scene.apply("raced", LLAMA.replace("settleSeconds: 0", "settleSeconds: 600"));
        eventually("the model is loaded", this::identifiers, List.of("raced")::equals);

        scene.lmStudio().lms("unload", "raced");
        eventually("the model is loaded again", () -> loadsOf("raced"), List.of("loaded", "loaded")::equals);
        scene.apply("raced", LLAMA);

        scene.awaitVerified("raced", 2);
        assertThat(identifiers()).containsExactly("raced");
        assertThat(scene.lmStudio().journal().calls("unload")).hasSize(1);
    }

    private void placeAsWeLoad(String identifier) {
        scene.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "llama-3.2-1b-instruct")
                        .put("identifier", identifier)
                        .put("ttlMs", 600_000));
    }

    private static List<String> names(String word, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "%s-%02d".formatted(word, number))
                .toList();
    }

    private void awaitLoading() {
        eventually("a load runs", () -> scene.lmStudio().loading(), loads -> loads.size() == 1);
    }

    private long lastSeq() {
        return scene.lmStudio().journal().entries().stream()
                .mapToLong(JournalEntry::seq)
                .max()
                .orElse(0);
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
