package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
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
@OperatorTest
class ConcurrencyIT {

    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final OperatorFixture fixture;

    ConcurrencyIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void tenManagedModelsOfOneModelAreLoadedOneAfterTheOtherEachUnderItsOwnName() {
        fixture.lmStudio().set("memoryBytes", 0);
        List<String> names = names("copy", 10);

        names.parallelStream().forEach(name -> fixture.apply(name, LLAMA));

        names.forEach(name -> fixture.awaitReadyAfterLoads(name, 1));
        assertThat(identifiers()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(names).allSatisfy(name -> assertThat(loadsOf(name)).containsExactly("loaded"));
        assertThat(fixture.lmStudio().journal().mostLoadsAtOnce()).isEqualTo(1);
        assertThat(fixture.lmStudio().journal().calls("unload")).isEmpty();
    }

    /** Each of them needs an observation, and each observation takes a second. */
    @Test
    @FailureScenario(Category.CONCURRENCY)
    void twentyManagedModelsThatLookAtOnceShareTheirLooks() {
        fixture.lmStudio().set("memoryBytes", 0);
        List<String> names = names("reader", 20);
        names.forEach(this::placeAsWeLoad);
        long before = lastSeq();
        fixture.lmStudio().fault(Fault.on("ps", "delay").with("millis", 1000));

        names.parallelStream().forEach(name -> fixture.apply(name, LLAMA));

        names.forEach(name -> assertThat(
                        AppliedModels.instance(fixture.awaitReady(name)).adopted())
                .isTrue());
        List<JournalEntry> looks = fixture.lmStudio().journal(before).calls("ps");
        assertThat(looks).isNotEmpty().hasSizeLessThanOrEqualTo(names.size() / 2);
        assertThat(looks).allSatisfy(look -> assertThat(looks)
                .filteredOn(other -> other.overlaps(look.startedAt()))
                .hasSize(1));
        assertThat(fixture.lmStudio().journal().calls("load")).isEmpty();
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void unloadOfADeletedModelAndTheLoadOfItsSuccessorDoNotMeet() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("reborn", LLAMA);
        awaitLoading();

        fixture.deleteAndAwaitGone("reborn");
        fixture.apply("reborn", LLAMA.replace("llama-3.2-1b-instruct", "qwen3-4b"));
        awaitLoading();
        fixture.lmStudio().advanceClock(LOAD_TIME);

        ManagedModel ready = fixture.awaitReadyAfterLoads("reborn", 1);
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo("qwen3-4b");
        assertThat(identifiers()).containsExactly("reborn");
        assertThat(loadsOf("reborn")).containsExactly("cancelled", "loaded");
        assertThat(fixture.lmStudio().journal().mostLoadsAtOnce()).isEqualTo(1);
    }

    /** The unload happens between the load and its verification, or a moment later. */
    @Test
    @FailureScenario(Category.CONCURRENCY)
    void unloadByAPersonRightAfterTheLoadIsFoundAndMadeGood() {
        fixture.apply("raced", LLAMA.replace("settleSeconds: 0", "settleSeconds: 600"));
        eventually("the model is loaded", this::identifiers, List.of("raced")::equals);

        fixture.lmStudio().lms("unload", "raced");
        eventually("the model is loaded again", () -> loadsOf("raced"), List.of("loaded", "loaded")::equals);
        fixture.apply("raced", LLAMA);

        fixture.awaitVerified("raced", 2);
        assertThat(identifiers()).containsExactly("raced");
        assertThat(fixture.lmStudio().journal().calls("unload")).hasSize(1);
    }

    private void placeAsWeLoad(String identifier) {
        fixture.lmStudio()
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
        eventually("a load runs", () -> fixture.lmStudio().loading(), loads -> loads.size() == 1);
    }

    private long lastSeq() {
        return fixture.lmStudio().journal().entries().stream()
                .mapToLong(JournalEntry::seq)
                .max()
                .orElse(0);
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
