package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lmstudiooperator.lmstudio.FailureAssertions;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.cli.process.FakeExecutable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the adapter with programs that are not lms, or that behave like lms at its worst. */
@Timeout(120)
class HostileLmsIT {

    /** For calls that end, even on a busy machine. */
    private static final Duration LONG = Duration.ofSeconds(30);

    /** For calls that do not end. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    private static final LoadRequest LOAD =
            new LoadRequest("qwen3-4b", "team-a", Duration.ofMinutes(10), 4096, "max", 2, null);

    private final Path folder;

    HostileLmsIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void lmsGetsExactlyItsArgumentsAndItsEnvironment() throws Exception {
        FakeExecutable fake = fake("echo \"$@\" >$HERE/arguments\n/usr/bin/env >$HERE/environment");
        LmsCli cli = cli(fake, LONG);

        cli.load(LOAD);

        assertThat(fake.wrote("arguments"))
                .hasValue("load qwen3-4b --yes --local --identifier=team-a --ttl=600 --context-length=4096 --gpu=max"
                        + " --parallel=2\n");
        assertThat(fake.wrote("environment")
                        .orElse("")
                        .lines()
                        .filter(line -> !line.matches("(PWD|_|SHLVL|OLDPWD)=.*")))
                .containsExactlyInAnyOrder(
                        "HOME=" + folder,
                        "LMS_API_SERVER_INFO_PATH=" + folder + "/.lmstudio/.internal/http-server.json",
                        "LMSTUDIO_OPERATOR=" + LmsEnvironment.thisAgent(),
                        "NO_PROXY=127.0.0.1,localhost",
                        "PATH=/usr/local/bin:/usr/bin:/bin",
                        "TMPDIR=" + System.getProperty("java.io.tmpdir"),
                        "LANG=C.UTF-8",
                        "LC_ALL=C.UTF-8",
                        "NO_COLOR=1",
                        "COLUMNS=200",
                        "LINES=50");
    }

    @Test
    void otherOperationsAreCalledAsAUserCallsThem() throws Exception {
        FakeExecutable fake = fake("echo \"$@\" >>$HERE/arguments\necho '[]'");
        LmsCli cli = cli(fake, LONG);

        cli.listDownloaded();
        cli.listLoaded();
        cli.unload("team-a");
        cli.download("qwen/qwen3-4b", progress -> {});

        assertThat(fake.wrote("arguments")).hasValue("ls --json\nps --json\nunload team-a\nget qwen/qwen3-4b --yes\n");
    }

    @Test
    void refusedValueStartsNothing() {
        FakeExecutable fake = fake("echo >$HERE/ready");

        assertFails(fake, cli -> cli.unload("--all"), "REFUSED", "begin with '-'");
        assertThat(fake.wrote(FakeExecutable.READY)).isEmpty();
    }

    @Test
    void largeListIsRead() throws Exception {
        String model = "{\"type\":\"llm\",\"modelKey\":\"m\",\"path\":\"" + "p".repeat(600) + "\",\"sizeBytes\":1},";
        Files.writeString(folder.resolve("list"), "[" + model.repeat(9_999) + model.replace("},", "}]"));

        assertThat(cli(fake("cat $HERE/list"), LONG).listDownloaded()).hasSize(10_000);
    }

    @Test
    void cutOffListIsUnreadableThoughLmsExitsZero() {
        assertFails(fake("printf '[{\"type\":\"llm\",'"), LmsCli::listLoaded, "UNREADABLE_OUTPUT", "not complete JSON");
    }

    @Test
    void emptyOutputIsNotAnEmptyList() {
        assertFails(fake("exit 0"), LmsCli::listLoaded, "UNREADABLE_OUTPUT", "answered with nothing");
    }

    @Test
    void binaryIsUnreadable() {
        assertFails(fake("head -c 10000 /dev/urandom"), LmsCli::listLoaded, "UNREADABLE_OUTPUT", "lms ps");
    }

    @Test
    void endlessOutputIsUnreadable() {
        assertFails(fake("exec cat /dev/zero"), LmsCli::listLoaded, "UNREADABLE_OUTPUT", "wrote more than");
    }

    @Test
    void hungLoadIsCancelledByAnInterrupt() {
        assumeThat(FakeExecutable.isInterruptible()).isTrue();
        FakeExecutable fake = fake("trap 'echo INT >$HERE/seen; exit 1' INT\nwhile :; do sleep 0.05; done");

        assertFails(fake, SHORT, cli -> cli.load(LOAD), "TIMED_OUT", "lms load did not end within 2 s");
        assertThat(fake.wrote("seen")).hasValue("INT\n");
    }

    @Test
    void interruptedLoadIsCancelledByAnInterrupt() throws InterruptedException {
        assumeThat(FakeExecutable.isInterruptible()).isTrue();
        FakeExecutable fake =
                fake("trap 'echo INT >$HERE/seen; exit 1' INT\necho >$HERE/ready\nwhile :; do sleep 0.05; done");
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        Thread operations = Thread.ofPlatform().daemon().start(() -> {
            try {
                cli(fake, LONG).load(LOAD);
            } catch (InterruptedException | LmStudioFailure e) {
                seen.set(e);
            }
        });
        fake.awaitWritten(FakeExecutable.READY);
        operations.interrupt();
        operations.join(LONG);

        assertThat(seen.get()).isInstanceOf(InterruptedException.class);
        assertThat(fake.wrote("seen")).hasValue("INT\n");
    }

    @Test
    void spinnerOfAnHourNeedsNoDisk() throws Exception {
        cli(fake("head -c 50000000 /dev/zero"), LONG).load(LOAD);
    }

    @Test
    void progressOfADownloadIsReportedWhileItRuns() throws Exception {
        FakeExecutable fake = fake("""
                frame() { printf '\\033[?25l\\033[s\\r* [####      ] %s          \\033[u' "$1"; }
                frame '40.00% | 800.00 MB / 2.00 GB | 500.00 MB/s | ETA 00:02'
                while [ ! -e $HERE/reported ]; do sleep 0.05; done
                frame '100.00% |   2.00 GB / 2.00 GB | 500.00 MB/s | ETA 00:00'
                """);
        List<DownloadProgress> reported = new ArrayList<>();

        cli(fake, LONG).download("qwen/qwen3-4b", progress -> {
            reported.add(progress);
            folder.resolve("reported").toFile().mkdir();
        });

        assertThat(reported)
                .containsExactly(
                        new DownloadProgress(40, 800_000_000L, 2_000_000_000L),
                        new DownloadProgress(100, 2_000_000_000L, 2_000_000_000L));
    }

    @Test
    void progressThatCannotBeReadIsNoFailure() throws Exception {
        List<DownloadProgress> reported = new ArrayList<>();

        cli(fake("head -c 100000 /dev/urandom"), LONG).download("qwen/qwen3-4b", reported::add);

        assertThat(reported).isEmpty();
    }

    @Test
    void callOfAnotherReleaseIsNotWaitedFor() {
        FakeExecutable fake = fake(
                "echo 'W [LMStudioClient][LLM][ClientPort] Produced communication warning: x' >&2\nexec sleep 100");

        assertFails(fake, LmsCli::listLoaded, "VERSION_MISMATCH", "lms ps would have waited forever");
    }

    @Test
    void promptIsNotWaitedFor() {
        FakeExecutable fake = fake(
                "printf '\\033[34m?\\033[39m \\033[1mMultiple models found. Select one to unload' >&2\nexec sleep 100");

        assertFails(fake, cli -> cli.unload("team-a"), "REFUSED", "a linked device");
    }

    @Test
    void killedLmsIsReportedWithItsSignal() {
        assertFails(fake("kill -KILL $$"), cli -> cli.load(LOAD), "KILLED", "signal 9");
    }

    @Test
    void secretsAndEscapeSequencesOfLmsAreNotReported() {
        FakeExecutable fake =
                fake("printf 'Error: \\033[31mbad sk-lm-AbCdEfGh:0123456789abcdefghij\\033[0m' >&2; exit 1");

        LmStudioFailure failure = assertFails(fake, cli -> cli.load(LOAD), "REFUSED", "bad [secret]");
        assertThat(failure.explanation()).doesNotContain("\u001b");
    }

    @Test
    void lmsThatIsInstalledLaterIsFound() throws Exception {
        LmsCli cli = cli(new FakeExecutable(folder.resolve("lms"), folder), LONG);

        assertThat(catchThrowableOfType(InfrastructureFailure.class, cli::listLoaded)
                        .kind())
                .isEqualTo(InfrastructureFailure.Kind.CLI_MISSING);
        fake("echo '[]'");
        assertThat(cli.listLoaded()).isEmpty();
    }

    @Test
    void scriptWithoutItsInterpreterIsReportedAsNotUsable() throws IOException {
        FakeExecutable fake = fake("true");
        Files.writeString(fake.executable(), "#!/no/such/interpreter\n");

        LmStudioFailure failure = assertFails(fake, LmsCli::listLoaded, "CLI_NOT_USABLE", "could not be started");
        assertThat(failure).hasCauseInstanceOf(Exception.class);
    }

    @Test
    void programForAnotherMachineIsReportedAsNotUsable() throws IOException {
        FakeExecutable fake = fake("true");
        Files.writeString(fake.executable(), "\u007fELF(garbage");

        assertFails(fake, LmsCli::listLoaded, "CLI_NOT_USABLE", "built for this machine");
    }

    @Test
    void errorNamesTheMissingScratchFolder() {
        LmsSettings usual = Installed.at(fake("true").executable(), folder);
        LmsCli cli = new LmsCli(new LmsSettings(
                usual.executable(),
                usual.home(),
                usual.apiServerInfoPath(),
                folder.resolve("none"),
                usual.deadlines(),
                usual.grace(),
                usual.outputBytes()));

        InfrastructureFailure failure = catchThrowableOfType(InfrastructureFailure.class, cli::listLoaded);
        assertThat(failure.kind()).isEqualTo(InfrastructureFailure.Kind.CLI_NOT_USABLE);
        assertThat(failure.explanation()).contains(folder.resolve("none").toString());
    }

    private interface Call {
        void on(LmsCli cli) throws LmStudioFailure, InterruptedException;
    }

    private FakeExecutable fake(String script) {
        return FakeExecutable.write(folder, "lms", script);
    }

    private LmsCli cli(FakeExecutable fake, Duration deadline) {
        return new LmsCli(Installed.at(fake.executable(), folder, Installed.deadlines(deadline)));
    }

    private LmStudioFailure assertFails(FakeExecutable fake, Call call, String kind, String part) {
        return assertFails(fake, LONG, call, kind, part);
    }

    private LmStudioFailure assertFails(FakeExecutable fake, Duration deadline, Call call, String kind, String part) {
        LmsCli cli = cli(fake, deadline);
        return FailureAssertions.assertFails(() -> call.on(cli), kind, part);
    }
}
