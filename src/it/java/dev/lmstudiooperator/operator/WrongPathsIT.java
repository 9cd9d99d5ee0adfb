package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A missing mount, or a wrong home of LM Studio: the LMStudioNode reports the path and the remedy. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrongPathsIT {

    private final Path folder;
    private final Cluster cluster;

    /** JUnit deletes the folder after it has closed the cluster. */
    WrongPathsIT(@TempDir Path folder, Cluster cluster) {
        this.folder = folder;
        this.cluster = cluster;
    }

    @Test
    void lmsThatIsNotMountedIsNamed() {
        Path lms = folder.resolve("nowhere/lms");

        addMachine("without-lms", "LMSTUDIO_OPERATOR_LMS_PATH", lms);

        assertThat(reported("without-lms")).contains("There is no lms at " + lms, "configure where its lms is");
    }

    @Test
    void homeThatIsNotThereIsNamed() {
        Path home = folder.resolve("no-home");

        addMachine("without-home", "LMSTUDIO_OPERATOR_LMS_HOME", home);

        assertThat(reported("without-home"))
                .contains(home.resolve(".lmstudio-home-pointer").toString(), "(lmstudio-operator.lms.home) exist");
    }

    @Test
    void homeOfAnotherUserIsReportedAndUsedWhenItBelongsToLmStudio() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home-of-another-user"));

        AgentFixture machine = addMachine("with-another-home", "LMSTUDIO_OPERATOR_LMS_HOME", home);

        assertThat(reported("with-another-home"))
                .contains("There is no folder " + home.resolve(".lmstudio/.internal"), "mount the folder");
        assertThat(machine.agent().linesWith("There is no folder")).hasSize(1);

        Files.createSymbolicLink(
                home.resolve(".lmstudio"), machine.lmStudio().home().resolve(".lmstudio"));

        cluster.awaitNode("with-another-home", "True", "Reachable");
    }

    @Test
    void stateFolderThatIsAFileIsNamedInTheLog() throws IOException {
        Path file = Files.createFile(folder.resolve("a-file"));

        AgentFixture machine = addMachine("without-state", "LMSTUDIO_OPERATOR_STATE_DIR", file);

        machine.agent().awaitNotReady("the state folder " + file + " cannot be used");
        machine.agent()
                .awaitLog(
                        "the state folder " + file + " cannot be used",
                        "set lmstudio-operator.state-dir to a folder on a local disk that this user may write");
    }

    private AgentFixture addMachine(String name, String setting, Path path) {
        Map<String, String> configuration = new HashMap<>(Map.of(
                "LMSTUDIO_OPERATOR_STATE_DIR",
                        folder.resolve("state-of-" + name).toString(),
                "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API", "1s",
                "LMSTUDIO_OPERATOR_RETRY_DELAY", "100ms",
                "LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_FAILURE_THRESHOLD", "100"));
        configuration.put(setting, path.toString());
        return cluster.addMachine(name, configuration);
    }

    private String reported(String name) {
        cluster.machine(name).agent().awaitWatching();
        LMStudioNode node = cluster.awaitNode(name, "False", "CLINotUsable");
        return ReportedNodes.ready(node).map(Condition::getMessage).orElseThrow();
    }
}
