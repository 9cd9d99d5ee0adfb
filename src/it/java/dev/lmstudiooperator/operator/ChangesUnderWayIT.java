package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static dev.lmstudiooperator.operator.ModelSpecs.NOT_SETTLING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A change that arrives while the previous one is executed or reported. */
@OperatorTest
class ChangesUnderWayIT {

    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final OperatorFixture fixture;

    ChangesUnderWayIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @ParameterizedTest
    @ValueSource(strings = {"KeepLoaded", "Temporary"})
    void suspensionCancelsARunningLoadAndResumptionRestartsIt(String retention) {
        String spec = LLAMA + ", ttlSeconds: 600, retention: " + retention;
        givenARunningLoad("held", spec);

        fixture.apply("held", spec + ", suspend: true");
        fixture.await(
                "held",
                "is suspended and not loading",
                model -> "Suspended".equals(AppliedModels.reason(model))
                        && fixture.lmStudio().loading().isEmpty());
        assertThat(fixture.journal().loadsOf("held")).containsExactly("cancelled");

        fixture.lmStudio().setLoadTime(Duration.ZERO);
        fixture.apply("held", spec);
        fixture.awaitVerified("held", 3);
        assertThat(fixture.journal().loadsOf("held")).containsExactly("cancelled", "loaded");
    }

    @ParameterizedTest
    @FailureScenario(Category.CONCURRENCY)
    @CsvSource({
        "KeepLoaded, llama-3.2-1b-instruct, 900",
        "Temporary, llama-3.2-1b-instruct, 900",
        "Temporary, qwen3-4b, 600"
    })
    void changeDuringALoadCancelsItAndLoadsTheNew(String retention, String model, long ttl) {
        givenARunningLoad("overtaken", LLAMA + ", ttlSeconds: 600, retention: " + retention);

        fixture.lmStudio().setLoadTime(Duration.ZERO);
        fixture.apply(
                "overtaken",
                "model: %s, ttlSeconds: %d, retention: %s, %s".formatted(model, ttl, retention, NOT_SETTLING));

        ManagedModel ready = fixture.awaitVerified("overtaken", 2);
        assertThat(AppliedModels.instance(ready).modelKey()).isEqualTo(model);
        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(ttl);
        assertThat(fixture.journal().loadsOf("overtaken")).containsExactly("cancelled", "loaded");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KeepLoaded", "Temporary"})
    void changeThatIsTakenBackDuringALoadEndsInOneInstance(String retention) {
        String spec = LLAMA + ", ttlSeconds: 600, retention: " + retention;
        givenARunningLoad("wavering", spec);

        fixture.apply("wavering", spec.replace("600", "900"));
        eventually(
                "the first load is cancelled",
                () -> fixture.journal().loadsOf("wavering"),
                loads -> loads.contains("cancelled"));
        fixture.apply("wavering", spec);
        fixture.lmStudio().setLoadTime(Duration.ZERO);

        ManagedModel ready = fixture.awaitVerified("wavering", 3);
        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(600);
        assertThat(fixture.journal().loadsOf("wavering")).containsOnlyOnce("loaded");
        assertThat(fixture.lmStudio().identifiers()).containsExactly("wavering");
    }

    @Test
    void changeThatDoesNotConcernTheLoadLetsItRun() {
        givenARunningLoad("let-run", LLAMA);

        fixture.apply("let-run", LLAMA + ", drainSeconds: 5, deletionPolicy: Retain");
        fixture.await(
                "let-run",
                "is loading with the change",
                model -> AppliedModels.isObserved(model, 2) && "Loading".equals(AppliedModels.reason(model)));
        fixture.lmStudio().advanceClock(LOAD_TIME);

        fixture.awaitVerified("let-run", 2);
        assertThat(fixture.journal().loadsOf("let-run")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void changeDuringTheStatusUpdateForThePreviousOneIsNotMissed() {
        fixture.applyAndAwaitReady("hasty", LLAMA);

        for (int generation = 3; generation < 43; generation += 2) {
            fixture.apply("hasty", LLAMA + ", drainSeconds: " + generation);
            fixture.apply("hasty", LLAMA + ", deletionPolicy: Retain, drainSeconds: " + generation);
            fixture.awaitVerified("hasty", generation);
        }

        assertThat(fixture.journal().loadsOf("hasty")).containsExactly("loaded");
    }

    private void givenARunningLoad(String name, String spec) {
        fixture.lmStudio().setLoadTime(LOAD_TIME);
        fixture.apply(name, spec);
        fixture.lmStudio().awaitLoading();
    }
}
