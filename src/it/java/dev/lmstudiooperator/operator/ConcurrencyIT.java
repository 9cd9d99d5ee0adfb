package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
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
        assertThat(fixture.lmStudio().identifiers()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(names)
                .allSatisfy(name -> assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded"));
        assertThat(fixture.journal().mostLoadsAtOnce()).isEqualTo(1);
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    /** Each of them needs an observation, and each observation takes a second. */
    @Test
    @FailureScenario(Category.CONCURRENCY)
    void twentyManagedModelsShareTheirObservations() {
        fixture.lmStudio().set("memoryBytes", 0);
        List<String> names = names("reader", 20);
        names.forEach(name -> fixture.lmStudio().placeInstance("llama-3.2-1b-instruct", name, Duration.ofMinutes(10)));
        long before = fixture.journal().lastSeq();
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
        assertThat(fixture.journal().calls("load")).isEmpty();
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void unloadOfADeletedModelAndLoadOfItsSuccessorDoNotOverlap() {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply("reborn", LLAMA);
        fixture.lmStudio().awaitLoading();

        fixture.deleteAndAwaitGone("reborn");
        fixture.apply("reborn", LLAMA.replace("llama-3.2-1b-instruct", "qwen3-4b"));
        fixture.lmStudio().awaitLoading();
        fixture.lmStudio().advanceClock(LOAD_TIME);

        ManagedModel ready = fixture.awaitReadyAfterLoads("reborn", 1);
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo("qwen3-4b");
        assertThat(fixture.lmStudio().identifiers()).containsExactly("reborn");
        assertThat(fixture.journal().loadsOf("reborn")).containsExactly("cancelled", "loaded");
        assertThat(fixture.journal().mostLoadsAtOnce()).isEqualTo(1);
    }

    /** The unload happens between the load and its verification, or a moment later. */
    @Test
    @FailureScenario(Category.CONCURRENCY)
    void modelThatAUserUnloadsRightAfterItsLoadIsLoadedAgain() {
        fixture.apply("raced", LLAMA.replace("settleSeconds: 0", "settleSeconds: 600"));
        eventually("the model is loaded", fixture.lmStudio()::identifiers, List.of("raced")::equals);

        fixture.lmStudio().lms("unload", "raced");
        eventually(
                "the model is loaded again",
                () -> fixture.journal().loadsOf("raced"),
                List.of("loaded", "loaded")::equals);
        fixture.apply("raced", LLAMA);

        fixture.awaitVerified("raced", 2);
        assertThat(fixture.lmStudio().identifiers()).containsExactly("raced");
        assertThat(fixture.journal().calls("unload")).hasSize(1);
    }

    private static List<String> names(String word, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "%s-%02d".formatted(word, number))
                .toList();
    }
}
