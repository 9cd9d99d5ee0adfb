package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.AuditLog;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An agent with a wrong account or token: the log names the problem and the remedy once. */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String MISSING = "Missing API server permissions";

    private ControlPlane controlPlane;
    private SimulatorProcess lmStudio;
    private Path folder;

    @BeforeAll
    void start(ControlPlane controlPlane, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.folder = folder;
        lmStudio = SimulatorProcess.start(folder);
    }

    @AfterAll
    void stop() {
        lmStudio.close();
    }

    @Test
    void missingRulesAreNamedOnceAndTheAgentGoesOnWhenTheyAreGranted() {
        Account bare = Account.enrolled("bare");
        controlPlane
                .admin()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(bare.name())
                        .withNamespace(bare.namespace())
                        .endMetadata()
                        .build())
                .create();
        try (OperatorProcess agent = launch("bare", bare)) {
            Stream.of(
                            "get, list, watch, patch of managedmodels (lmstudio-operator.dev): ",
                            "get, patch of managedmodels/status (lmstudio-operator.dev): ",
                            "get, list, watch of nodes: ",
                            "get, create, update, patch of leases (coordination.k8s.io) in namespace lmstudio-operator: ")
                    .forEach(rule -> assertThat(awaitMissing(agent, "RBAC does not allow " + rule))
                            .contains("`kubectl apply -k k8s` grants it", "deploy/enroll-node"));
            AuditLog requests = controlPlane.auditLog();
            int before = requests.refusedTo(bare).size();
            eventually("the agent retried", () -> requests.refusedTo(bare).size(), refused -> refused >= before + 20);
            assertThat(agent.lines()).hasSizeLessThan(20);
            assertThat(agent.linesWith(MISSING)).hasSize(7).doesNotHaveDuplicates();
            assertThat(agent.get("/q/health/live")).startsWith("200");

            controlPlane
                    .enrollNode()
                    .run("rotate", "bare", "--out", folder.resolve("bare").toString())
                    .orThrow();

            agent.awaitReady();
            agent.awaitLog("API server permissions are complete");
        } finally {
            controlPlane.enrollNode().run("revoke", "bare").orThrow();
        }
    }

    @Test
    void tokenOfAnotherNodeIsReportedWithBothNames() {
        try (OperatorProcess agent = launch("mine", Account.agentOn("theirs"))) {
            assertThat(awaitMissing(agent, "its token"))
                    .contains("this is the agent of node mine", "its token is of node theirs", "node-name")
                    .doesNotContain("RBAC");
            agent.awaitNotReady("it does not hold the Lease of its node yet");
            assertThat(lmStudio.journal().calls("load")).isEmpty();
        }
    }

    @Test
    void tokenWithoutANodeIsReported() {
        try (OperatorProcess agent = launch("mine", Account.agentOn("mine").withoutNode())) {
            assertThat(awaitMissing(agent, "its token"))
                    .contains("this is the agent of node mine", "its token is of no node");
        }
    }

    /** Returns the line that reports the missing permission. */
    private static String awaitMissing(OperatorProcess agent, String what) {
        return eventually(
                        "the log contains: " + what,
                        PATIENCE,
                        () -> agent.linesWith(MISSING, what),
                        lines -> !lines.isEmpty())
                .getFirst();
    }

    private OperatorProcess launch(String node, Account account) {
        return OperatorProcess.launch(AgentFixture.environmentOf(node, lmStudio, controlPlane.kubeconfigFor(account)));
    }
}
