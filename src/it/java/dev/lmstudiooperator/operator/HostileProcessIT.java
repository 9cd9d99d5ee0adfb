package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Misbehaving {@code lms} processes: the agent ends each one in time, discards its output, and calls it again. The retry is
 * late enough to observe the reason of the failure before.
 */
@OperatorTest({
    OperatorFixture.FAILURES_LAST,
    "LMSTUDIO_OPERATOR_RETRY_MAX_RETRIES=0",
    "LMSTUDIO_OPERATOR_LMS_READ_TIMEOUT=3s",
    "LMSTUDIO_OPERATOR_LMS_LOAD_TIMEOUT=3s",
    "LMSTUDIO_OPERATOR_LMS_TERMINATION_GRACE_PERIOD=300ms",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class HostileProcessIT {

    private final OperatorFixture fixture;

    HostileProcessIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void loadThatIgnoresAnInterruptIsKilledAndRetried() {
        fixture.lmStudio().fault(Fault.on("load", "ignoreInt").once());
        fixture.lmStudio().fault(Fault.on("load", "hang").once());
        ManagedModel failed = failsOnceAndIsLoaded("deaf", "TimedOut");

        assertThat(AppliedModels.message(failed)).contains("was killed").doesNotContain("outlived");
        assertThat(endingsOf("load")).containsExactly("unknown", "exit 0");
    }

    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void listCallThatIgnoresSignalsIsKilled() {
        fixture.lmStudio().fault(Fault.on("ps", "ignoreInt"));
        fixture.lmStudio().fault(Fault.on("ps", "ignoreTerm"));
        fixture.lmStudio().fault(Fault.on("ps", "hang"));

        staysUnknown("stubborn", "TimedOut", "lms ps did not end within 3 s and was killed");

        assertThat(endingsOf("ps")).contains("unknown");
        assertThat(fixture.journal().calls("ps").stream().filter(call -> !call.isFinished()))
                .hasSizeLessThanOrEqualTo(1);
        recoversWithOneLoad("stubborn");
    }

    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void grandchildThatHoldsTheStreamsOpenIsNotWaitedFor() {
        long seconds = 20;
        fixture.lmStudio()
                .fault(Fault.on("ps", "grandchild").with("seconds", seconds).once());
        fixture.lmStudio()
                .fault(Fault.on("load", "grandchild").with("seconds", seconds).once());
        fixture.apply("parent", LLAMA_VERIFIED_OFTEN);

        ManagedModel ready = fixture.awaitReadyAfterLoads("parent", 1);

        assertThat(AppliedModels.convergence(ready).durationMillis())
                .isLessThan(Duration.ofSeconds(seconds).toMillis() / 2);
        assertThat(endingsOf("load")).containsExactly("exit 0");
        assertThat(fixture.journal().loadsOf("parent")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void gigabyteOfOutputIsCutOffAndNotUsed() {
        fixture.lmStudio().fault(Fault.on("ps", "huge"));

        staysUnknown("flooded", "UnreadableOutput", "wrote more than");

        recoversWithOneLoad("flooded");
    }

    /** An agent that took empty output for an empty list would load the loaded model a second time. */
    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void emptyOutputIsNotTakenForAnEmptyList() {
        fixture.lmStudio().placeInstance("llama-3.2-1b-instruct", "mute", Duration.ofMinutes(10));
        fixture.lmStudio().fault(Fault.on("ps", "empty"));

        staysUnknown("mute", "UnreadableOutput", "lms ps --json answered with nothing");

        fixture.lmStudio().revokeFaults();
        assertThat(AppliedModels.instance(fixture.awaitReady("mute")).adopted()).isTrue();
        assertThat(fixture.journal().calls("load")).isEmpty();
    }

    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void binaryOutputIsNotUsed() {
        fixture.lmStudio().fault(Fault.on("ps", "garbage").with("bytes", 100_000));

        staysUnknown("binary", "UnreadableOutput", "not complete JSON");

        recoversWithOneLoad("binary");
    }

    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void loadThatASignalEndsIsReportedWithTheSignalAndRetried() {
        fixture.lmStudio()
                .fault(Fault.on("load", "signal").with("signal", "KILL").once());
        ManagedModel failed = failsOnceAndIsLoaded("killed", "LMStudioUnreachable");

        assertThat(AppliedModels.message(failed)).contains("signal 9", "memory pressure");
        assertThat(endingsOf("load")).containsExactly("KILL", "exit 0");
    }

    /** The parent does not reap its child, so that the child stays a zombie, which no signal ends. */
    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void zombieIsNeitherWaitedForNorCountedAsASurvivor() {
        fixture.lmStudio().fault(Fault.on("load", "zombie").once());
        fixture.lmStudio().fault(Fault.on("load", "ignoreInt").once());
        fixture.lmStudio().fault(Fault.on("load", "hang").once());
        ManagedModel failed = failsOnceAndIsLoaded("undertaker", "TimedOut");

        assertThat(AppliedModels.message(failed)).contains("was killed").doesNotContain("outlived");
        assertThat(callsOf("load").getFirst()).satisfies(call -> assertThat(
                        Duration.between(call.startedAt(), call.endedAt().orElseThrow()))
                .isLessThan(Duration.ofSeconds(6)));
    }

    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void loadThatPromptsForInputIsEndedAndReported() {
        fixture.lmStudio().fault(Fault.on("load", "prompt").once());
        ManagedModel failed = failsOnceAndIsLoaded("asked", "LoadFailed");

        assertThat(AppliedModels.message(failed)).contains("would have waited forever", "waits for input");
        assertThat(endingsOf("load")).containsExactly("INT", "exit 0");
    }

    /** The test cannot change LM Studio's own clock. This one is the clock of TTLs and last uses. */
    @Test
    @FailureScenario(Category.CLI_AS_A_PROCESS)
    void clockJumpsOfLmStudioEndInOneInstanceThatStaysLoaded() {
        fixture.applyAndAwaitLoad("timeless", LLAMA_VERIFIED_OFTEN);

        fixture.lmStudio().advanceClock(Duration.ofDays(1));
        fixture.awaitReadyAfterLoads("timeless", 2);
        fixture.lmStudio().advanceClock(Duration.ofDays(-2));
        setLastUse("timeless", Duration.ofDays(-1));
        fixture.lmStudio().awaitCalls("ps", 6);
        setLastUse("timeless", Duration.ofDays(1));
        fixture.lmStudio().awaitCalls("ps", 6);

        ManagedModel ready = fixture.awaitReadyAfterLoads("timeless", 2);
        assertThat(AppliedModels.reason(ready)).isEqualTo("Verified");
        assertThat(fixture.journal().loadsOf("timeless")).containsExactly("loaded", "loaded");
        assertThat(fixture.journal().calls("unload")).isEmpty();
        assertThat(fixture.journal().effects().stream().filter(effect -> effect.startsWith("answered by ")))
                .hasSizeLessThanOrEqualTo(2);
    }

    private void setLastUse(String identifier, Duration fromNow) {
        fixture.lmStudio()
                .changeInstance(
                        identifier,
                        SimulatorProcess.object()
                                .put("lastUsedTime", Instant.now().plus(fromNow).toEpochMilli()));
    }

    /** Applies a model and waits until its second load succeeds. Returns the status after the first load. */
    private ManagedModel failsOnceAndIsLoaded(String name, String reason) {
        fixture.apply(name, LLAMA_VERIFIED_OFTEN);
        ManagedModel failed = fixture.awaitReason(name, reason);
        fixture.awaitReadyAfterLoads(name, 1);
        assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded");
        return failed;
    }

    private void staysUnknown(String name, String reason, String word) {
        fixture.lmStudio().awaitCalls("ps", 2);
        fixture.apply(name, LLAMA_VERIFIED_OFTEN);

        ManagedModel unclear = fixture.awaitUnknown(name, reason);

        assertThat(AppliedModels.message(unclear)).contains(word);
        assertThat(callsOf("load")).isEmpty();
    }

    private void recoversWithOneLoad(String name) {
        fixture.lmStudio().revokeFaults();
        fixture.awaitReadyAfterLoads(name, 1);
        assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded");
    }

    /** How each call ended; {@code unknown} is the signal of a process that was killed before it could record it. */
    private List<String> endingsOf(String command) {
        return callsOf(command).stream()
                .filter(JournalEntry::isFinished)
                .map(call -> call.signal().orElseGet(() -> "exit " + call.exit().orElse(-1)))
                .toList();
    }

    private List<JournalEntry> callsOf(String command) {
        return fixture.journal().calls(command);
    }
}
