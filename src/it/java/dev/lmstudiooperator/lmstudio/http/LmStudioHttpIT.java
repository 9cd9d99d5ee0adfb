package dev.lmstudiooperator.lmstudio.http;

import static dev.lmstudiooperator.lmstudio.FailureAssertions.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import dev.lmstudiooperator.simulator.SimulatorTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the HTTP client with the LM Studio simulator. */
@Timeout(60)
@Execution(ExecutionMode.SAME_THREAD)
@SimulatorTest
class LmStudioHttpIT {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SimulatorProcess simulator;

    private LmStudioHttp http;

    LmStudioHttpIT(SimulatorProcess simulator) {
        this.simulator = simulator;
    }

    @BeforeEach
    void open() {
        simulator.startServer();
        http = new LmStudioHttp(settings(null));
    }

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void loadedModelsAreListedWithoutALoad() throws Exception {
        simulator.placeInstance("qwen3-4b", "team-a");

        ApiModelList served = http.list();

        assertThat(served.instances()).containsExactly(new ServedInstance("qwen3-4b", "team-a", 4096, 4));
        assertThat(served.modelKeys()).contains("qwen3-4b", "llama-3.2-1b-instruct");
        assertThat(simulator.instances()).hasSize(1);
    }

    @Test
    void instanceAnswers() throws Exception {
        simulator.placeInstance("qwen3-4b", "team-a");
        simulator.placeInstance("text-embedding-nomic-embed-text-v1.5", "embed");

        assertThat(http.ask("team-a", ModelType.LLM, PATIENCE)).isEqualTo(new InferenceReply("team-a"));
        assertThat(http.ask("embed", ModelType.EMBEDDING, PATIENCE)).isEqualTo(new InferenceReply("embed"));
    }

    @Test
    void answerOfAnotherModelNamesIt() throws Exception {
        simulator.placeInstance("llama-3.2-1b-instruct", "other");

        assertThat(http.ask("team-a", ModelType.LLM, PATIENCE)).isEqualTo(new InferenceReply("other"));
    }

    @Test
    void deadEngineIsAFact() {
        simulator.placeInstance("qwen3-4b", "team-a");
        simulator.killEngine("team-a");

        assertFails(() -> http.ask("team-a", ModelType.LLM, PATIENCE), "INSTANCE_GONE", "evicted");
    }

    @Test
    void nothingLoadedIsAFact() {
        assertFails(() -> http.ask("team-a", ModelType.LLM, PATIENCE), "INSTANCE_GONE", "No models loaded");
    }

    @Test
    void tokenIsAskedForAndAccepted(@TempDir Path folder) throws Exception {
        simulator.set("token", "sk-lm-12345678:12345678901234567890");
        Path file = Files.writeString(folder.resolve("token"), "sk-lm-12345678:12345678901234567890\n");

        assertFails(http::list, "NOT_AUTHENTICATED", "give the agent a token");
        try (LmStudioHttp withToken = new LmStudioHttp(settings(file))) {
            assertThat(withToken.list().modelKeys()).isNotEmpty();
        }
    }

    @Test
    void lmStudioReportsItsVersionAndSettings() throws Exception {
        LocalServerInfo server = new LocalServerInfo(settings(null), simulator.serverInfoFile());
        assertThat(server.version()).isEqualTo("0.4.21+2");
        assertThat(server.isJitLoading()).contains(true);
        assertThat(server.wantsToken()).isFalse();

        simulator.set("version", "0.5.0");
        simulator.set("jit", false);
        simulator.set("token", "sk-lm-12345678:12345678901234567890");

        assertThat(server.version()).isEqualTo("0.5.0");
        assertThat(server.isJitLoading()).contains(false);
        assertThat(server.wantsToken()).isTrue();
    }

    @Test
    void stoppedLmStudioReportsNothing() {
        LocalServerInfo server = new LocalServerInfo(settings(null), simulator.serverInfoFile());

        simulator.stopDaemon();

        assertFails(server::version, "UNREACHABLE", "127.0.0.1");
        assertFails(server::wantsToken, "UNREACHABLE", "127.0.0.1");
        simulator.startDaemon();
    }

    @Test
    void stoppedServerIsToBeStarted() {
        simulator.stopServer();

        assertFails(http::list, "UNREACHABLE", "lms server start");
    }

    @Test
    void slowAnswerIsNotWaitedForBeyondTheDeadline() {
        simulator.placeInstance("qwen3-4b", "team-a");
        simulator.fault(Fault.on("http:POST /v1/chat/completions", "hang").once());

        assertFails(() -> http.ask("team-a", ModelType.LLM, Duration.ofSeconds(1)), "TIMED_OUT", "1000 ms");
    }

    @ParameterizedTest
    @CsvSource({
        "hang, TIMED_OUT",
        "html, UNREADABLE_OUTPUT",
        "empty, UNREADABLE_OUTPUT",
        "truncate, UNREADABLE_OUTPUT",
        "half, UNREADABLE_OUTPUT",
        "refuse, UNREACHABLE"
    })
    void failedListIsNeverAList(String fault, String kind) {
        simulator.fault(Fault.on("http:GET /api/v1/models", fault).with("status", 200));

        assertFails(http::list, kind, " — ");
    }

    private HttpSettings settings(@Nullable Path tokenFile) {
        return new HttpSettings(simulator.httpUrl(), tokenFile, PATIENCE, PATIENCE, 32 * 1024 * 1024);
    }
}
