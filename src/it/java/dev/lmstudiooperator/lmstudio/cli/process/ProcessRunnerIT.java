package dev.lmstudiooperator.lmstudio.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lmstudiooperator.lmstudio.cli.process.Command.Limits;
import dev.lmstudiooperator.lmstudio.cli.process.Command.StandardOutput;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessResult.ExitStatus;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessRunner.CannotStartException;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessRunner.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProcessRunnerIT {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** The timeout of calls that do not end. It is long enough for the process to start on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** The grace period for processes that ignore signals. */
    private static final Duration GRACE = Duration.ofMillis(400);

    /** Long enough that a process that ends earlier has reacted to a signal. */
    private static final Duration GENEROUS_GRACE = Duration.ofSeconds(15);

    private static final String ENDLESS = "echo $$ >>$HERE/pids\nwhile :; do sleep 0.05; done";

    private final Path folder;
    private final Path scratch;
    private final ProcessRunner runner;

    ProcessRunnerIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.scratch = Files.createDirectory(folder.resolve("scratch"));
        this.runner = new ProcessRunner(scratch);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        fake("true").processes().forEach(ProcessHandle::destroyForcibly);
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void outputAndExitCodeComeBack() throws Exception {
        ProcessResult finished = run(fake("echo out; echo err >&2; exit 3"));

        assertThat(finished.ending()).isEqualTo(new ExitStatus.Exited(3));
        assertThat(finished.stdout()).isEqualTo("out\n");
        assertThat(finished.stderr()).isEqualTo("err\n");
        assertThat(finished.took()).isPositive().isLessThan(LONG);
    }

    @Test
    void environmentIsExact() throws Exception {
        ProcessResult finished = runner.run(new Command(
                Path.of("/usr/bin/env"),
                List.of(),
                Map.of("A", "1", "LC_ALL", "C.UTF-8"),
                limits(LONG),
                StandardOutput.KEPT,
                stderr -> false));

        assertThat(finished.stdout().lines()).containsExactlyInAnyOrder("A=1", "LC_ALL=C.UTF-8");
    }

    @Test
    void argumentsArriveAsTheyAre() throws Exception {
        FakeExecutable fake = fake("for a in \"$@\"; do printf '<%s>' \"$a\"; done");

        assertThat(run(fake, "a b", "", "*", "$HOME", "`id`", "'\"", "--x=ü").stdout())
                .isEqualTo("<a b><><*><$HOME><`id`><'\"><--x=ü>");
    }

    @Test
    void promptGetsTheEndOfInput() throws Exception {
        assertThat(run(fake("if read answer; then echo got; else echo end; fi")).stdout())
                .isEqualTo("end\n");
    }

    @Test
    void deadlineEndsWithAnInterruptThatTheProgramSees() throws Exception {
        assumeThat(FakeExecutable.isInterruptible()).isTrue();
        FakeExecutable fake = fake("trap 'echo cancelled >$HERE/seen; echo bye >&2; exit 1' INT\necho >$HERE/ready\n"
                + "while :; do sleep 0.05; done");

        ProcessResult finished = runner.run(command(fake, SHORT, GENEROUS_GRACE));

        assertThat(finished.ending()).isEqualTo(new ExitStatus.TimedOut(SHORT));
        assertThat(fake.wrote("seen")).hasValue("cancelled\n");
        assertThat(finished.stderr()).contains("bye");
        assertThat(finished.unkilled()).isEmpty();
    }

    @Test
    void programThatIgnoresTheInterruptIsKilled() throws Exception {
        FakeExecutable fake = fake("trap '' INT TERM\necho $$ >$HERE/pids\nwhile :; do sleep 0.05; done");

        ProcessResult finished = run(fake, SHORT);

        assertThat(finished.ending()).isEqualTo(new ExitStatus.TimedOut(SHORT));
        assertThat(finished.took()).isBetween(SHORT.plus(GRACE), LONG);
        assertThat(fake.processes()).isEmpty();
    }

    @Test
    void wholeTreeBehindAWrapperIsEnded() throws Exception {
        FakeExecutable.write(
                folder,
                "real",
                "trap '' INT TERM\necho $$ >>$HERE/pids\nsleep 100 & echo $! >>$HERE/pids\nwhile :; do sleep 0.05; done");
        FakeExecutable wrapper = fake("echo $$ >>$HERE/pids\n$HERE/real \"$@\"\necho done");

        ProcessResult finished = run(wrapper, SHORT);

        assertThat(finished.ending()).isInstanceOf(ExitStatus.TimedOut.class);
        assertThat(wrapper.wrote("pids").orElse("").lines()).hasSize(3);
        assertThat(wrapper.processes()).isEmpty();
    }

    /**
     * The wrapper receives the signal but continues to wait. Before SIGKILL, only the exit of the program ends both.
     */
    @Test
    void interruptReachesTheProgramBehindAWrapper() throws Exception {
        assumeThat(FakeExecutable.isInterruptible()).isTrue();
        FakeExecutable.write(folder, "real", "trap 'echo cancelled >$HERE/seen; exit 1' INT\n" + ENDLESS);
        FakeExecutable wrapper = fake("trap : INT\necho $$ >>$HERE/pids\n$HERE/real\nexit 0");

        ProcessResult finished = runner.run(command(wrapper, SHORT, GENEROUS_GRACE));

        assertThat(finished.ending()).isEqualTo(new ExitStatus.TimedOut(SHORT));
        assertThat(wrapper.wrote("seen")).hasValue("cancelled\n");
        assertThat(finished.took()).isLessThan(GENEROUS_GRACE);
        assertThat(wrapper.wrote("pids").orElse("").lines()).hasSize(2);
        assertThat(wrapper.processes()).isEmpty();
    }

    @Test
    void graceIsForTheProgramWhoseWrapperEndsAtOnceToo() throws Exception {
        assumeThat(FakeExecutable.isInterruptible()).isTrue();
        FakeExecutable.write(folder, "real", "trap 'sleep 1; echo cleaned up >$HERE/seen; exit 1' INT\n" + ENDLESS);
        FakeExecutable wrapper = fake("echo $$ >>$HERE/pids\n$HERE/real\nexit 0");

        ProcessResult finished = runner.run(command(wrapper, SHORT, GENEROUS_GRACE));

        assertThat(finished.ending()).isEqualTo(new ExitStatus.TimedOut(SHORT));
        assertThat(wrapper.wrote("seen")).hasValue("cleaned up\n");
        assertThat(finished.took()).isLessThan(GENEROUS_GRACE);
        assertThat(wrapper.processes()).isEmpty();
    }

    @Test
    void programBehindAWrapperThatIgnoresTheInterruptIsKilled() throws Exception {
        FakeExecutable.write(folder, "real", "trap '' INT TERM\n" + ENDLESS);
        FakeExecutable wrapper = fake("echo $$ >>$HERE/pids\n$HERE/real\nexit 0");

        ProcessResult finished = run(wrapper, SHORT);

        assertThat(finished.ending()).isEqualTo(new ExitStatus.TimedOut(SHORT));
        assertThat(finished.took()).isGreaterThanOrEqualTo(SHORT.plus(GRACE));
        assertThat(wrapper.wrote("pids").orElse("").lines()).hasSize(2);
        assertThat(wrapper.processes()).isEmpty();
        assertThat(finished.unkilled()).isEmpty();
    }

    @Test
    void programThatOutlivesItsKilledWrapperIsEnded() throws Exception {
        FakeExecutable.write(folder, "real", "echo $$ >>$HERE/pids\necho >$HERE/ready\nwhile :; do sleep 0.05; done");
        FakeExecutable wrapper = fake("$HERE/real &\nsleep 2.5\nkill -KILL $$");

        ProcessResult finished = run(wrapper);

        assertThat(finished.ending()).isEqualTo(new ExitStatus.Died(9));
        assertThat(wrapper.wrote("ready")).isPresent();
        assertThat(wrapper.processes()).isEmpty();
    }

    @Test
    void grandchildThatHoldsTheOutputOpenDoesNotBlockTheCall() throws Exception {
        FakeExecutable fake = fake("sleep 100 & echo $! >$HERE/pids\necho done");

        ProcessResult finished = run(fake);

        assertThat(finished.stdout()).isEqualTo("done\n");
        assertThat(finished.took()).isLessThan(LONG);
    }

    @Test
    void programThatWritesTooMuchIsKilled() throws Exception {
        FakeExecutable fake = fake("trap '' INT\nexec head -c 1000000000 /dev/zero");

        ProcessResult finished = run(fake);

        assertThat(finished.ending()).isEqualTo(new ExitStatus.OutputTooLarge(1024 * 1024));
        assertThat(finished.stdout().length()).isLessThanOrEqualTo(1024 * 1024);
    }

    @Test
    void programThatWroteTooMuchAndEndedWroteTooMuch() throws Exception {
        assertThat(run(fake("head -c 1048577 /dev/zero >&2")).ending()).isInstanceOf(ExitStatus.OutputTooLarge.class);
    }

    @Test
    void outputUpToTheCapIsComplete() throws Exception {
        ProcessResult finished = run(fake("head -c 1048576 /dev/zero | tr '\\0' x"));

        assertThat(finished.ending()).isEqualTo(new ExitStatus.Exited(0));
        assertThat(finished.stdout()).hasSize(1024 * 1024);
    }

    @Test
    void discardedOutputIsNeitherKeptNorCounted() throws Exception {
        ProcessResult finished = runner.run(new Command(
                fake("head -c 3000000 /dev/zero; echo err >&2").executable(),
                List.of(),
                Map.of("PATH", "/usr/bin:/bin"),
                limits(LONG),
                StandardOutput.DISCARDED,
                stderr -> false));

        assertThat(finished.ending()).isEqualTo(new ExitStatus.Exited(0));
        assertThat(finished.stdout()).isEmpty();
        assertThat(finished.stderr()).isEqualTo("err\n");
    }

    @Test
    void followedOutputMayGoOnBeyondTheCap() throws Exception {
        List<String> reported = new ArrayList<>();

        ProcessResult finished = follow(
                "for i in 1 2 3 4 5 6 7 8 9 10; do head -c 300000 /dev/zero; sleep 0.1; done; echo end", reported);

        assertThat(finished.ending()).isEqualTo(new ExitStatus.Exited(0));
        assertThat(finished.stdout()).isEmpty();
        assertThat(reported).hasSizeGreaterThan(5).allMatch(piece -> piece.length() <= 16 * 1024);
        assertThat(reported.getLast()).endsWith("end\n");
    }

    @Test
    void followedOutputThatFloodsTheDiskIsEnded() throws Exception {
        assertThat(follow("exec cat /dev/zero", new ArrayList<>()).ending())
                .isEqualTo(new ExitStatus.OutputTooLarge(1024 * 1024));
    }

    @Test
    void emptyAndBinaryOutputAreReturned() throws Exception {
        assertThat(run(fake("exit 0")).stdout()).isEmpty();
        assertThat(run(fake("printf '\\377\\000\\376'")).stdout()).hasSize(3);
    }

    @Test
    void programMayCloseItsOutputEarly() throws Exception {
        assertThat(run(fake("echo out; exec >&- 2>&-; sleep 0.2; exit 4")).ending())
                .isEqualTo(new ExitStatus.Exited(4));
    }

    @Test
    void signalOfAnotherProcessIsReported() throws Exception {
        assertThat(run(fake("kill -SEGV $$")).ending()).isEqualTo(new ExitStatus.Died(11));
    }

    @Test
    void hopelessProgramIsEndedBeforeItsDeadline() throws Exception {
        ProcessResult finished = runner.run(new Command(
                fake("echo 'no hope' >&2; echo $$ >$HERE/pids; exec sleep 100").executable(),
                List.of(),
                Map.of("PATH", "/usr/bin:/bin"),
                limits(LONG),
                StandardOutput.KEPT,
                stderr -> stderr.contains("no hope")));

        assertThat(finished.ending()).isEqualTo(new ExitStatus.GivenUp());
        assertThat(finished.took()).isLessThan(LONG);
    }

    @Test
    void interruptOfTheCallerEndsTheProgramTheSameWay() throws Exception {
        assumeThat(FakeExecutable.isInterruptible()).isTrue();
        FakeExecutable fake =
                fake("trap 'echo cancelled >$HERE/seen; exit 1' INT\necho $$ >$HERE/pids\necho >$HERE/ready\n"
                        + "while :; do sleep 0.05; done");

        assertThat(interruptedRun(fake, GENEROUS_GRACE)).isInstanceOf(InterruptedException.class);
        assertThat(fake.wrote("seen")).hasValue("cancelled\n");
        assertThat(fake.processes()).isEmpty();
    }

    /** Reading a file also detects an interrupt, and closes the file. */
    @Test
    void interruptWhileTheOutputIsReadIsAnInterrupt() {
        Command command = new Command(
                fake("echo word\nwhile :; do sleep 0.05; done").executable(),
                List.of(),
                Map.of("PATH", "/usr/bin:/bin"),
                limits(LONG),
                new StandardOutput.Followed(word -> Thread.currentThread().interrupt()),
                stderr -> false);

        assertThatThrownBy(() -> runner.run(command)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void interruptOfTheCallerKillsAProgramThatIgnoresIt() throws Exception {
        FakeExecutable fake =
                fake("trap '' INT TERM\necho $$ >$HERE/pids\necho >$HERE/ready\nwhile :; do sleep 0.05; done");

        assertThat(interruptedRun(fake, GRACE)).isInstanceOf(InterruptedException.class);
        assertThat(fake.processes()).isEmpty();
    }

    @Test
    void interruptedCallerStartsNothing() {
        FakeExecutable fake = fake("echo >$HERE/ready");
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> run(fake)).isInstanceOf(InterruptedException.class);
        assertThat(fake.wrote(FakeExecutable.READY)).isEmpty();
    }

    @Test
    void missingProgramIsReported() {
        FakeExecutable missing = new FakeExecutable(folder.resolve("none"), folder);

        assertThatThrownBy(() -> run(missing))
                .isInstanceOfSatisfying(
                        CannotStartException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXECUTABLE));
    }

    @Test
    void errorNamesTheMissingScratchFolder() {
        ProcessRunner homeless = new ProcessRunner(folder.resolve("none"));
        Command command = command(fake("true"), LONG);

        assertThatThrownBy(() -> homeless.run(command))
                .isInstanceOfSatisfying(
                        CannotStartException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SCRATCH_FOLDER))
                .hasMessageContaining(folder.resolve("none").toString());
    }

    @Test
    void errorOfAnUnusableScratchFolderIsTheSameEachTime() {
        ProcessRunner homeless = new ProcessRunner(folder.resolve("none"));
        Command command = command(fake("true"), LONG);

        Throwable first = catchThrowable(() -> homeless.run(command));
        Throwable second = catchThrowable(() -> homeless.run(command));

        assertThat(second).hasMessage(first.getMessage());
    }

    @Test
    void argumentWithANulIsRefused() {
        FakeExecutable fake = fake("true");

        assertThatThrownBy(() -> run(fake, "a\0b"))
                .isInstanceOfSatisfying(
                        CannotStartException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ARGUMENT));
    }

    private @Nullable Throwable interruptedRun(FakeExecutable fake, Duration grace) throws InterruptedException {
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                runner.run(command(fake, LONG, grace));
            } catch (InterruptedException | CannotStartException e) {
                seen.set(e);
            }
        });
        fake.awaitWritten(FakeExecutable.READY);
        caller.interrupt();
        caller.join(LONG);
        return seen.get();
    }

    private FakeExecutable fake(String script) {
        return FakeExecutable.write(folder, "fake", script);
    }

    private ProcessResult run(FakeExecutable fake, String... arguments)
            throws CannotStartException, InterruptedException {
        return runner.run(command(fake, LONG, arguments));
    }

    private ProcessResult run(FakeExecutable fake, Duration deadline)
            throws CannotStartException, InterruptedException {
        return runner.run(command(fake, deadline));
    }

    private ProcessResult follow(String script, List<String> reported)
            throws CannotStartException, InterruptedException {
        return runner.run(new Command(
                fake(script).executable(),
                List.of(),
                Map.of("PATH", "/usr/bin:/bin"),
                limits(LONG),
                new StandardOutput.Followed(reported::add),
                stderr -> false));
    }

    private static Command command(FakeExecutable fake, Duration deadline, String... arguments) {
        return command(fake, deadline, GRACE, arguments);
    }

    private static Command command(FakeExecutable fake, Duration deadline, Duration grace, String... arguments) {
        return new Command(
                fake.executable(),
                List.of(arguments),
                Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C.UTF-8"),
                limits(deadline, grace),
                StandardOutput.KEPT,
                stderr -> false);
    }

    private static Limits limits(Duration deadline) {
        return limits(deadline, GRACE);
    }

    private static Limits limits(Duration deadline, Duration grace) {
        return new Limits(deadline, grace, 1024 * 1024);
    }
}
