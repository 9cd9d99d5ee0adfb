package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
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

/** The agent retries temporary failures. If a failed call may have had an effect, the agent observes LM Studio first. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_RETRY_DELAY=300ms",
    "LMSTUDIO_OPERATOR_RETRY_MAX_DELAY=500ms",
    "LMSTUDIO_OPERATOR_RETRY_JITTER=0s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s"
})
class RetryIT {

    private final OperatorFixture fixture;

    RetryIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    @FailureScenario(Category.RETRY)
    void observationThatSucceedsOnTheSecondAttemptIsNotReported() {
        ManagedModel before = fixture.applyAndAwaitReady("steady", LLAMA_VERIFIED_OFTEN);

        fixture.lmStudio().fault(killed("ps").once());
        List<JournalEntry> looks = awaitLooksAfterFailure(1);

        assertThat(looks.getFirst().exit()).contains(0);
        ManagedModel after = fixture.awaitReady("steady");
        assertThat(after.getStatus()).isEqualTo(before.getStatus());
    }

    @Test
    @FailureScenario(Category.RETRY)
    void observationFailsAfterThreeRetriesAndTheFailureIsReported() {
        fixture.lmStudio().fault(killed("ps").times(4));
        fixture.apply("unlucky", LLAMA_VERIFIED_OFTEN);

        fixture.awaitUnknown("unlucky", "LMStudioUnreachable");

        fixture.awaitReady("unlucky");
        assertThat(failures("ps")).hasSize(4);
        assertThat(fixture.journal().loadsOf("unlucky")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.RETRY)
    void pausesBetweenRetriesDoubleUpToTheirLimit() {
        fixture.lmStudio().fault(killed("ps").times(4));
        fixture.apply("paced", LLAMA_VERIFIED_OFTEN);

        List<JournalEntry> tries =
                eventually("all calls are killed", () -> failures("ps"), killed -> killed.size() == 4);

        List<Duration> pauses = IntStream.range(1, tries.size())
                .mapToObj(i -> Duration.between(
                        tries.get(i - 1).endedAt().orElseThrow(), tries.get(i).startedAt()))
                .toList();
        assertThat(pauses).hasSize(3);
        assertThat(pauses.get(0)).isGreaterThanOrEqualTo(Duration.ofMillis(295));
        assertThat(pauses.get(1)).isGreaterThanOrEqualTo(Duration.ofMillis(495));
        assertThat(pauses.get(2)).isGreaterThanOrEqualTo(Duration.ofMillis(495));
        fixture.awaitReady("paced");
    }

    @Test
    @FailureScenario(Category.RETRY)
    void killedLoadIsRetriedAfterAnObservation() {
        fixture.lmStudio().fault(killed("load").once());
        fixture.apply("again", LLAMA_VERIFIED_OFTEN);

        fixture.awaitReady("again");

        List<JournalEntry> loads = fixture.journal().calls("load");
        assertThat(loads).hasSize(2);
        assertThat(fixture.journal().calls("ps")).anySatisfy(look -> assertThat(look.startedAt())
                .isAfterOrEqualTo(loads.get(0).endedAt().orElseThrow())
                .isBefore(loads.get(1).startedAt()));
        assertThat(fixture.journal().loadsOf("again")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.RETRY)
    void loadThatFailedAndHadItsEffectIsNotRepeated() {
        fixture.lmStudio().fault(Fault.on("load", "loadedButFails").once());
        fixture.apply("done", LLAMA_VERIFIED_OFTEN);

        fixture.awaitReady("done");

        assertThat(fixture.journal().calls("load")).hasSize(1);
    }

    private static Fault killed(String call) {
        return Fault.on(call, "signal").with("signal", "KILL");
    }

    /** The calls of {@code ps} that ended after the last killed one. */
    private List<JournalEntry> awaitLooksAfterFailure(int number) {
        return eventually(
                "there are observations after the one that was killed",
                () -> fixture.journal().calls("ps").stream()
                        .filter(JournalEntry::isFinished)
                        .dropWhile(look -> !isKilled(look))
                        .dropWhile(RetryIT::isKilled)
                        .toList(),
                looks -> looks.size() >= number);
    }

    private List<JournalEntry> failures(String call) {
        return fixture.journal().calls(call).stream().filter(RetryIT::isKilled).toList();
    }

    private static boolean isKilled(JournalEntry call) {
        return call.isFinished() && call.exit().isEmpty();
    }
}
