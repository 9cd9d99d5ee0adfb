package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent leaves LM Studio's HTTP server as it is, or starts it once, depending on the configuration. */
@WithControlPlane
class HttpServerIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct, verification: {periodSeconds: 5}";
    private static final Map<String, String> STARTING = Map.of("LMSTUDIO_OPERATOR_HTTP_START_SERVER", "true");

    /** Seconds, longer than the delay after which the agent starts the server. */
    private static final int LONG = 12;

    private static final int SOME = 4;

    @Test
    void serverThatIsOffIsLeftOffUnlessTheAgentMayStartIt(ControlPlane controlPlane, @TempDir Path directory) {
        TestNamespace namespace = controlPlane.createNamespace("server-left-off");
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace.name(), directory)) {
            fixture.lmStudio().stopServer();
            fixture.operator().awaitReady();
            double since = fixture.operator().lastPoll();
            fixture.apply("chat", LLAMA);
            ManagedModel unverified = fixture.awaitReason("chat", "ServerNotRunning");
            assertThat(AppliedModels.message(unverified))
                    .contains("lms server start")
                    .doesNotContain("The agent");

            fixture.operator().awaitPolls(since, LONG);

            assertThat(fixture.journal().calls("server")).isEmpty();
            assertThat(AppliedModels.reason(fixture.resource("chat").get())).isEqualTo("ServerNotRunning");
        }
    }

    @Test
    void serverThatIsOffIsStartedOnceWhereTheAgentMay(ControlPlane controlPlane, @TempDir Path directory) {
        TestNamespace namespace = controlPlane.createNamespace("server-started");
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace.name(), directory, STARTING)) {
            fixture.lmStudio().stopServer();
            int port = fixture.lmStudio().httpUrl().getPort();
            fixture.operator().awaitReady();
            fixture.apply("chat", LLAMA);
            ManagedModel unverified = fixture.awaitReason("chat", "ServerNotRunning");
            assertThat(AppliedModels.message(unverified))
                    .contains("The agent starts the server after it has been down for 10 s while LM Studio runs");

            fixture.awaitReady("chat");

            assertThat(starts(fixture))
                    .extracting(JournalEntry::argv)
                    .containsExactly(List.of("server", "start", "--port=" + port, "--bind=127.0.0.1"));
            assertThat(fixture.journal().loads()).hasSize(1);
            assertThat(fixture.operator().linesWith("ServerStarter")).hasSize(1);

            // The agent does not restart a server that an administrator stops again.
            fixture.lmStudio().stopServer();
            double since = fixture.operator().lastPoll();
            fixture.await("chat", "reports the last attempt", model -> AppliedModels.message(model)
                    .contains("it answered afterwards. Next attempt at"));
            fixture.operator().awaitPolls(since, LONG);
            assertThat(starts(fixture)).hasSize(1);
        }
    }

    @Test
    void failedStartIsReportedAndNotRepeatedInALoop(ControlPlane controlPlane, @TempDir Path directory) {
        TestNamespace namespace = controlPlane.createNamespace("server-start-fails");
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace.name(), directory, STARTING)) {
            fixture.lmStudio().stopServer();
            fixture.lmStudio().fault(Fault.on("server start", "exit").with("stderr", "Error: the port is cursed\n"));
            fixture.operator().awaitReady();
            fixture.apply("chat", LLAMA);

            ManagedModel reported = fixture.await("chat", "reports the output", model -> AppliedModels.message(model)
                    .contains("the port is cursed"));

            assertThat(AppliedModels.reason(reported)).isEqualTo("ServerNotRunning");
            assertThat(AppliedModels.message(reported)).contains("it did not answer afterwards. Next attempt at");
            fixture.operator().awaitPolls(fixture.operator().lastPoll(), SOME);
            assertThat(starts(fixture)).hasSize(1);
            assertThat(fixture.operator().linesWith("ServerStarter")).hasSize(1);
        }
    }

    /** Without LM Studio there is no server to start, and the agent does not start LM Studio. */
    @Test
    void absentLmStudioIsNotStarted(ControlPlane controlPlane, @TempDir Path directory) {
        TestNamespace namespace = controlPlane.createNamespace("server-absent");
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace.name(), directory, STARTING)) {
            fixture.lmStudio().setInstalled(true);
            fixture.lmStudio().stopDaemon();
            fixture.operator().awaitWatching();
            double since = fixture.operator().lastPoll();
            fixture.apply("chat", LLAMA);
            fixture.awaitReason("chat", "LMStudioUnreachable");

            fixture.operator().awaitPolls(since, LONG);

            assertThat(fixture.journal().calls("server")).isEmpty();
            assertThat(fixture.lmStudio().state().path("daemon").asText()).isEqualTo("down");
        }
    }

    private static List<JournalEntry> starts(OperatorFixture fixture) {
        return fixture.journal().calls("server", "start");
    }
}
