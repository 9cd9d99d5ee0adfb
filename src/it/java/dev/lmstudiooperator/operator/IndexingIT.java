package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LM Studio indexes its models after a start. A single list that lacks a model, or that fails, is not conclusive. */
@WithScene
class IndexingIT {

    private static final String CHECK = "verification: {settleSeconds: 0, periodSeconds: 5}";
    private static final String QWEN = "model: qwen3-4b, " + CHECK;
    private static final long SOON_MILLIS = 15_000;

    private final Scene scene;

    IndexingIT(Scene scene) {
        this.scene = scene;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void modelThatFirstListsLackIsLoadedSoon(int lists) {
        scene.restartOperatorAfter(
                () -> scene.lmStudio().fault(Fault.on("ls", "incomplete").times(lists)));

        scene.apply("indexed", QWEN);

        isReadySoon("indexed");
        assertThat(scene.eventsOf("indexed")).doesNotContain("ModelNotFound");
        assertThat(lists()).hasSizeGreaterThan(lists);
    }

    @Test
    void listThatBecomesIncompleteLaterDoesNotHideAModel() {
        scene.lmStudio()
                .fault(Fault.on("ls", "incomplete")
                        .with("without", List.of("qwen3-4b"))
                        .once());
        scene.lmStudio().addModel("new-on-disk");

        scene.apply("indexed", QWEN);

        isReadySoon("indexed");
        assertThat(scene.eventsOf("indexed")).doesNotContain("ModelNotFound");
    }

    @Test
    void incompleteListDoesNotBeginADownload() {
        scene.restartOperatorAfter(
                () -> scene.lmStudio().fault(Fault.on("ls", "incomplete").times(2)));

        scene.apply("pulled", "model: qwen/qwen3-8b, pullPolicy: IfNotPresent, " + CHECK);

        isReadySoon("pulled");
        assertThat(scene.lmStudio().journal().calls("get")).isEmpty();
        assertThat(scene.eventsOf("pulled")).doesNotContain("ModelNotFound", "Downloading");
    }

    @Test
    void missingModelIsReportedSoonAndLoadedWhenTheApiListsIt() {
        scene.apply("missing", "model: absent-4b, " + CHECK);
        ManagedModel missing = scene.awaitReason("missing", "ModelNotFound");
        assertThat(AppliedModels.condition(missing, "Stalled")).isEqualTo("True");
        assertThat(AppliedModels.convergence(missing).durationMillis()).isLessThan(SOON_MILLIS);

        scene.lmStudio().addModel("absent-4b");

        scene.awaitReady("missing");
        assertThat(scene.lmStudio().journal().loadsOf("missing")).containsExactly("loaded");
    }

    @Test
    void missingModelIsFoundByLookingAgainWhereTheApiListsLoadedModelsOnly() {
        scene.lmStudio().set("v1", false);
        scene.lmStudio().set("jit", false);
        scene.apply("missing", "model: absent-4b, " + CHECK);
        scene.awaitReason("missing", "ModelNotFound");

        scene.lmStudio().addModel("absent-4b");

        scene.awaitReady("missing");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void listThatLosesARaceIsAskedForAgainAtOnce(int races) {
        scene.lmStudio().fault(Fault.on("ls", "alreadyUnloaded").times(races));
        scene.lmStudio().addModel("raced-4b");

        scene.apply("raced", "model: raced-4b, " + CHECK);

        isReadySoon("raced");
        List<JournalEntry> lists = lists().stream()
                .dropWhile(call -> !call.exit().equals(Optional.of(1)))
                .toList();
        JournalEntry answered = lists.get(races);
        assertThat(lists.subList(0, races)).allMatch(call -> call.exit().equals(Optional.of(1)));
        assertThat(answered.exit()).contains(0);
        assertThat(answered.startedAt()).isBefore(lists.getFirst().startedAt().plus(Duration.ofSeconds(5)));
        assertThat(scene.operator().log()).doesNotContain("Cannot list the models");
    }

    private void isReadySoon(String name) {
        ManagedModel ready = scene.awaitReady(name);
        assertThat(AppliedModels.convergence(ready).durationMillis()).isLessThan(SOON_MILLIS);
        assertThat(scene.lmStudio().journal().loadsOf(name)).containsExactly("loaded");
    }

    private List<JournalEntry> lists() {
        return scene.lmStudio().journal().calls("ls");
    }
}
