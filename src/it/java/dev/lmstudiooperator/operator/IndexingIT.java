package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.QWEN_VERIFIED_OFTEN;
import static dev.lmstudiooperator.operator.ModelSpecs.VERIFIED_OFTEN;
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
@OperatorTest
class IndexingIT {

    private static final long SOON_MILLIS = 15_000;

    private final OperatorFixture fixture;

    IndexingIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void modelThatFirstListsLackIsLoadedSoon(int lists) {
        fixture.restartOperatorAfter(
                () -> fixture.lmStudio().fault(Fault.on("ls", "incomplete").times(lists)));

        fixture.apply("indexed", QWEN_VERIFIED_OFTEN);

        isReadySoon("indexed");
        assertThat(fixture.eventsOf("indexed")).doesNotContain("ModelNotFound");
        assertThat(lists()).hasSizeGreaterThan(lists);
    }

    @Test
    void listThatBecomesIncompleteLaterDoesNotHideAModel() {
        fixture.lmStudio()
                .fault(Fault.on("ls", "incomplete")
                        .with("without", List.of("qwen3-4b"))
                        .once());
        fixture.lmStudio().addModel("new-on-disk");

        fixture.apply("indexed", QWEN_VERIFIED_OFTEN);

        isReadySoon("indexed");
        assertThat(fixture.eventsOf("indexed")).doesNotContain("ModelNotFound");
    }

    @Test
    void incompleteListDoesNotBeginADownload() {
        fixture.restartOperatorAfter(
                () -> fixture.lmStudio().fault(Fault.on("ls", "incomplete").times(2)));

        fixture.apply("pulled", "model: qwen/qwen3-8b, pullPolicy: IfNotPresent, " + VERIFIED_OFTEN);

        isReadySoon("pulled");
        assertThat(fixture.journal().calls("get")).isEmpty();
        assertThat(fixture.eventsOf("pulled")).doesNotContain("ModelNotFound", "Downloading");
    }

    @Test
    void missingModelIsReportedSoonAndLoadedWhenTheApiListsIt() {
        fixture.apply("missing", "model: absent-4b, " + VERIFIED_OFTEN);
        ManagedModel missing = fixture.awaitStalled("missing", "ModelNotFound");
        assertThat(AppliedModels.convergence(missing).durationMillis()).isLessThan(SOON_MILLIS);

        fixture.lmStudio().addModel("absent-4b");

        fixture.awaitReady("missing");
        assertThat(fixture.journal().loadsOf("missing")).containsExactly("loaded");
    }

    @Test
    void missingModelIsFoundByAnotherListWhereTheApiListsLoadedModelsOnly() {
        fixture.lmStudio().set("v1", false);
        fixture.lmStudio().set("jit", false);
        fixture.apply("missing", "model: absent-4b, " + VERIFIED_OFTEN);
        fixture.awaitReason("missing", "ModelNotFound");

        fixture.lmStudio().addModel("absent-4b");

        fixture.awaitReady("missing");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void listThatLosesARaceIsAskedForAgainAtOnce(int races) {
        fixture.lmStudio().fault(Fault.on("ls", "alreadyUnloaded").times(races));
        // The agent has listed no model of this name before, so it lists the disk again.
        fixture.lmStudio().addModel("raced-%d-4b".formatted(races));

        fixture.apply("raced", "model: raced-%d-4b, %s".formatted(races, VERIFIED_OFTEN));

        isReadySoon("raced");
        List<JournalEntry> lists = lists().stream()
                .dropWhile(call -> !call.exit().equals(Optional.of(1)))
                .toList();
        JournalEntry answered = lists.get(races);
        assertThat(lists.subList(0, races)).allMatch(call -> call.exit().equals(Optional.of(1)));
        assertThat(answered.exit()).contains(0);
        assertThat(answered.startedAt()).isBefore(lists.getFirst().startedAt().plus(Duration.ofSeconds(5)));
        assertThat(fixture.operator().log()).doesNotContain("Cannot list the models");
    }

    private void isReadySoon(String name) {
        ManagedModel ready = fixture.awaitReady(name);
        assertThat(AppliedModels.convergence(ready).durationMillis()).isLessThan(SOON_MILLIS);
        assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded");
    }

    private List<JournalEntry> lists() {
        return fixture.journal().calls("ls");
    }
}
