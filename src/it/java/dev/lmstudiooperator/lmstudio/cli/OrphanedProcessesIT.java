package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lmstudiooperator.lmstudio.cli.OrphanedProcesses.Survivor;
import dev.lmstudiooperator.lmstudio.cli.process.FakeExecutable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that calls of an earlier agent are distinguished from all other processes. Only Linux exposes the environment
 * of a process.
 */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class OrphanedProcessesIT {

    /** An agent whose process ID exceeds the maximum of Linux. */
    private static final String ENDED_AGENT = "agent:99999999:1";

    private static final String[] LOAD = {"load", "m", "--yes", "--local", "--identifier=m", "--ttl=600"};

    private static final String STUBBORN =
            "trap '' INT TERM\necho $$ >>$HERE/pids\necho >$HERE/ready\nwhile :; do sleep 0.05; done";

    private final Path folder;
    private final LmsSettings settings;

    /** For calls that ignore SIGINT. */
    private final LmsSettings impatient;

    private final List<Process> started = new ArrayList<>();

    OrphanedProcessesIT(@TempDir Path folder) {
        this.folder = folder;
        this.settings = Installed.at(folder.resolve("lms"), folder);
        this.impatient = Installed.at(folder.resolve("lms"), folder, Installed.PATIENT, Duration.ofSeconds(1));
    }

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void loadOfAnEndedAgentIsCancelled() throws Exception {
        assumeThat(FakeExecutable.isInterruptible()).isTrue();
        FakeExecutable lms =
                fake("trap 'echo INT >$HERE/seen; exit 1' INT\necho >$HERE/ready\nwhile :; do sleep 0.05; done");
        Process process = start(lms, ENDED_AGENT, LOAD);

        List<Survivor> survivors = new OrphanedProcesses(settings).end();

        assertThat(survivors).hasSize(1).first().satisfies(survivor -> {
            assertThat(survivor.pid()).isEqualTo(process.pid());
            assertThat(survivor.ended()).isTrue();
            assertThat(survivor.commandLine()).contains("lms load m --yes --local --identifier=m --ttl=600");
        });
        assertThat(lms.wrote("seen")).hasValue("INT\n");
        assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void survivorThatIgnoresTheInterruptIsKilled() throws Exception {
        FakeExecutable lms = fake(STUBBORN);
        start(lms, ENDED_AGENT, "unload", "m");

        assertThat(new OrphanedProcesses(impatient).end()).hasSize(1).allMatch(Survivor::ended);
        assertThat(lms.processes()).isEmpty();
    }

    @Test
    void loadByExactPathIsOneToo() throws Exception {
        FakeExecutable lms = fake(STUBBORN);
        start(lms, ENDED_AGENT, "load", "--exact", "a/m.gguf", "--local", "--yes", "--identifier=m", "--ttl=600");

        assertThat(new OrphanedProcesses(impatient).end()).hasSize(1).allMatch(Survivor::ended);
        assertThat(lms.processes()).isEmpty();
    }

    @Test
    void programOfAKilledWrapperIsFound() throws Exception {
        FakeExecutable real = FakeExecutable.write(folder, "real-lms", STUBBORN);
        FakeExecutable wrapper = fake("$HERE/real-lms \"$@\"");
        Process process = start(wrapper, ENDED_AGENT, LOAD);
        process.destroyForcibly().waitFor();

        assertThat(real.processes()).isNotEmpty();
        assertThat(new OrphanedProcesses(impatient).end()).hasSize(1);
        assertThat(real.processes()).isEmpty();
    }

    @Test
    void callOfThisAgentIsNotASurvivor() throws Exception {
        assertLeftAlone(LmsEnvironment.thisAgent(), LOAD);
    }

    @Test
    void callOfAUserIsNotASurvivor() throws Exception {
        assertLeftAlone("", LOAD);
    }

    @Test
    void daemonThatInheritedTheMarkIsNotASurvivor() throws Exception {
        assertLeftAlone(ENDED_AGENT, "--serve", "m");
    }

    @Test
    void callToAnotherLmStudioIsNotASurvivor() throws Exception {
        FakeExecutable lms = fake(STUBBORN);
        start(lms, ENDED_AGENT, LOAD);
        LmsSettings other = Installed.at(settings.executable(), folder.resolve("other"));

        assertThat(new OrphanedProcesses(other).end()).isEmpty();
        assertThat(lms.processes()).isNotEmpty();
    }

    private void assertLeftAlone(String startedBy, String... arguments) throws IOException {
        FakeExecutable lms = fake(STUBBORN);
        start(lms, startedBy, arguments);

        assertThat(new OrphanedProcesses(settings).end()).isEmpty();
        assertThat(lms.processes()).isNotEmpty();
    }

    private FakeExecutable fake(String script) {
        return FakeExecutable.write(folder, "lms", script);
    }

    private Process start(FakeExecutable lms, String startedBy, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(lms.executable().toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        "/usr/bin:/bin",
                        LmsEnvironment.SERVER_INFO,
                        settings.apiServerInfoPath().toString(),
                        LmsEnvironment.STARTED_BY,
                        startedBy));
        Process process = builder.start();
        started.add(process);
        lms.awaitWritten(FakeExecutable.READY);
        return process;
    }
}
