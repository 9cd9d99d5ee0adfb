package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The folder of {@code lms} is mounted, as into a Pod, and is recreated on the machine. */
@WithControlPlane
@EnabledOnOs(OS.LINUX)
class MountedFolderIT {

    private static final String NAME = "gpu-of-mounted-folder-it";
    private static final String MOUNT = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";

    @Test
    void agentWhoseMountShowsAnOldFolderIsNotAlive(ControlPlane controlPlane, @TempDir Path folder) throws IOException {
        assumeThat(mayMount())
                .as("this user can mount in a separate mount namespace")
                .isTrue();
        Path installed = Files.createDirectory(folder.resolve("lm-studio"));
        Path mounted = Files.createDirectory(folder.resolve("mounted"));
        try (SimulatorProcess lmStudio = SimulatorProcess.start(installed);
                OperatorProcess agent = OperatorProcess.launchBy(
                        List.of(
                                "unshare",
                                "--mount",
                                "sh",
                                "-c",
                                MOUNT,
                                "sh",
                                installed.toString(),
                                mounted.toString()),
                        Map.of(
                                "KUBECONFIG",
                                        controlPlane
                                                .kubeconfigFor(Account.agentOn(NAME))
                                                .toString(),
                                "LMSTUDIO_OPERATOR_ROLE", "agent",
                                "LMSTUDIO_OPERATOR_NODE_NAME", NAME,
                                "LMSTUDIO_OPERATOR_LMS_PATH",
                                        mounted.resolve(installed.relativize(lmStudio.lmsExecutable()))
                                                .toString(),
                                // The simulator writes into this folder through the path that lms reports.
                                "LMSTUDIO_OPERATOR_LMS_HOME", lmStudio.home().toString(),
                                "LMSTUDIO_OPERATOR_HTTP_URL", lmStudio.httpUrl().toString()))) {
            agent.awaitReady();
            assertThat(agent.get("/q/health/live")).startsWith("200");

            Files.move(installed, folder.resolve("old"));
            Files.createDirectory(installed);

            String live = eventually(
                    "the agent is not alive", () -> agent.get("/q/health/live"), seen -> seen.startsWith("503"));
            assertThat(live).contains("LM Studio's folders are mounted", mounted.toString());
        }
    }

    private static boolean mayMount() {
        try {
            return new ProcessBuilder("unshare", "--mount", "true").start().waitFor() == 0;
        } catch (IOException e) {
            // The program is not installed.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
