package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An agent in an unusual environment. It inherits only the variables that a test sets. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnvironmentIT {

    private static final String NODE = "environment";

    /** Any digit other than 0 to 9. */
    private static final String FOREIGN_DIGIT = "[\\p{Nd}&&[^0-9]]";

    private static final String AS_IT_IS = "";

    private final ControlPlane controlPlane;
    private final Cluster cluster;
    private Path folder;
    private SimulatorProcess lmStudio;

    EnvironmentIT(ControlPlane controlPlane, Cluster cluster) {
        this.controlPlane = controlPlane;
        this.cluster = cluster;
    }

    @BeforeAll
    void start(@TempDir Path folder) {
        this.folder = folder;
        cluster.addController().awaitReady();
        lmStudio = SimulatorProcess.start(folder);
    }

    @AfterEach
    void tidyUp() {
        lmStudio.reset();
    }

    @AfterAll
    void stop() {
        lmStudio.close();
    }

    @Test
    void digitsAreWesternInEveryLocale() {
        try (OperatorProcess agent =
                launch(Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=ar -Duser.region=EG"), AS_IT_IS)) {
            serve(agent, "arabic");

            String everything = cluster.models().modelsAndEvents()
                    + Serialization.asYaml(cluster.node(NODE).get())
                    + agent.get("/q/metrics")
                    + agent.log();
            assertThat(everything).contains("lms_model_load_attempts_total").doesNotContainPattern(FOREIGN_DIGIT);
            cluster.models().deleteAndAwaitGone("arabic");
        }
    }

    /** A shell creates the name, because the locale of the tests may lack the letter. */
    @Test
    void pathMayHaveLettersThatTheLocaleHas() {
        try (OperatorProcess agent = launch(Map.of("LC_ALL", "C.UTF-8"), """
                ln -sfn "$LMSTUDIO_OPERATOR_LMS_PATH" "$FOLDER/$(printf 'l\\303\\274ms')"
                export LMSTUDIO_OPERATOR_LMS_PATH="$FOLDER/$(printf 'l\\303\\274ms')"
                """)) {
            serveAndDelete(agent, "umlaut");
        }
    }

    @Test
    void pathThatTheLocaleCannotEncodeIsRejectedWithTheRemedy() {
        try (OperatorProcess agent = launch(Map.of("LC_ALL", "POSIX"), """
                export LMSTUDIO_OPERATOR_LMS_PATH="$FOLDER/$(printf 'l\\303\\274ms')"
                """)) {
            assertThat(agent.awaitEnd()).isEqualTo(1);
            assertThat(agent.log())
                    .contains("lmstudio-operator.lms.path is", "LC_ALL=C.UTF-8")
                    .doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void posixLocaleIsEnoughForPathsWithoutSuchLetters() {
        try (OperatorProcess agent = launch(Map.of("LC_ALL", "POSIX"), AS_IT_IS)) {
            serveAndDelete(agent, "posix");
        }
    }

    /** A supervisor may set no variables at all. */
    @Test
    void homeNeedNotBeSet() {
        try (OperatorProcess agent = launch(Map.of(), "unset HOME")) {
            serveAndDelete(agent, "homeless");
        }
    }

    /** The wrapper runs the program as its child, without {@code exec}. */
    @Test
    void lmsMayBeALinkToAWrapper() throws IOException {
        Path wrapper = Files.writeString(
                folder.resolve("wrapper"), "#!/bin/sh\n\"%s\" \"$@\"\n".formatted(lmStudio.lmsExecutable()));
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path link = Files.createSymbolicLink(folder.resolve("link-to-wrapper"), wrapper);

        try (OperatorProcess agent = launch(Map.of("LMSTUDIO_OPERATOR_LMS_PATH", link.toString()), AS_IT_IS)) {
            serveAndDelete(agent, "wrapped");
        }
        assertThat(lmStudio.journal().calls("load")).hasSize(1);
        assertThat(lmStudio.journal().calls("unload")).hasSize(1);
    }

    /**
     * No user can create a file there, not even root. If another folder for output is configured, the agent does not need
     * it.
     */
    @Test
    void folderOfTheSystemForTemporaryFilesIsNotNeeded() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));

        try (OperatorProcess agent = launch(
                Map.of(
                        "JAVA_TOOL_OPTIONS",
                        "-Djava.io.tmpdir=/proc/tmp",
                        "LMSTUDIO_OPERATOR_LMS_WORK_DIR",
                        elsewhere.toString()),
                AS_IT_IS)) {
            serveAndDelete(agent, "without-tmp");
        }
    }

    private void serveAndDelete(OperatorProcess agent, String name) {
        serve(agent, name);
        cluster.models().deleteAndAwaitGone(name);
    }

    private void serve(OperatorProcess agent, String name) {
        agent.awaitReady();
        cluster.awaitNode(NODE, "True", "Reachable");
        cluster.models().applyAndAwaitReady(name, LLAMA + ", nodeName: " + NODE);
        eventually(
                "the metrics count the load",
                () -> agent.get("/q/metrics"),
                scrape -> scrape.contains("lms_model_load_attempts_total"));
    }

    /** @param prelude shell commands that run before the agent replaces the shell */
    private OperatorProcess launch(Map<String, String> more, String prelude) {
        int port = OperatorProcess.freePort();
        Map<String, String> environment =
                AgentFixture.environmentOf(NODE, lmStudio, controlPlane.kubeconfigFor(Account.agentOn(NODE)));
        environment.putAll(Map.of(
                "PATH",
                Objects.requireNonNull(System.getenv("PATH")),
                "HOME",
                folder.toString(),
                "FOLDER",
                folder.toString(),
                OperatorProcess.JSON_LOG,
                "false",
                "QUARKUS_HTTP_HOST",
                "127.0.0.1",
                "QUARKUS_HTTP_PORT",
                String.valueOf(port)));
        environment.putAll(more);
        List<String> command = new ArrayList<>(List.of("env", "-i"));
        environment.forEach((variable, value) -> command.add(variable + "=" + value));
        command.addAll(List.of("bash", "-c", prelude + "\nexec \"$@\"", "bash"));
        command.addAll(OperatorProcess.command());
        return OperatorProcess.launch(command, port);
    }
}
