package dev.lmstudiooperator.lmstudio.http;

import static dev.lmstudiooperator.lmstudio.FailureAssertions.assertFails;
import static dev.lmstudiooperator.lmstudio.http.ScriptedServer.LONG;
import static dev.lmstudiooperator.lmstudio.http.ScriptedServer.SHORT;
import static dev.lmstudiooperator.lmstudio.http.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class QuestionTest {

    private final ScriptedServer server = new ScriptedServer();

    QuestionTest() throws IOException {}

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void serverThatDoesNotAnswerIsBounded() {
        server.put("/v1/chat/completions", exchange -> server.end().await());

        assertFails(() -> ask("team-a", ModelType.LLM, SHORT), "TIMED_OUT", "/v1/chat/completions");
    }

    @Test
    void oneTokenIsAsked() throws Exception {
        server.put(
                "/v1/chat/completions",
                reply(200, "{\"model\":\"other\",\"choices\":[{\"message\":{\"content\":\"\"}}]}"));

        assertThat(ask("team-a", ModelType.LLM)).isEqualTo(new InferenceReply("other"));
        assertThat(server.requests())
                .containsExactly(
                        "POST /v1/chat/completions null {\"model\":\"team-a\",\"messages\":[{\"role\":\"user\","
                                + "\"content\":\".\"}],\"max_tokens\":1,\"temperature\":0,\"stream\":false}");
    }

    @Test
    void oneVectorIsAskedOfAnEmbeddingModel() throws Exception {
        server.put("/v1/embeddings", reply(200, "{\"model\":\"e\",\"data\":[{\"embedding\":[0.1]}]}"));

        assertThat(ask("e", ModelType.EMBEDDING)).isEqualTo(new InferenceReply("e"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"model\":\"a\",\"choices\":[]}", "{\"choices\":[{}]}", "{}"})
    void answerWithoutAModelIsUnreadable(String body) {
        server.put("/v1/chat/completions", reply(200, body));

        assertFails(() -> ask("a", ModelType.LLM), "UNREADABLE_OUTPUT", "/v1/chat/completions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"error\":\"Model is unloaded.\"}|INSTANCE_GONE",
                "400|{\"error\":{\"message\":\"Model unloaded by user or API request.\"}}|INSTANCE_GONE",
                "400|{\"error\":{\"message\":\"No models loaded. Please load a model\",\"code\":null}}|INSTANCE_GONE",
                "400|{\"error\":{\"message\":\"Invalid model identifier x\"}}|MODEL_NOT_FOUND",
                "404|{\"error\":{\"type\":\"model_not_found\"}}|MODEL_NOT_FOUND",
                "200|{\"error\":\"Model is unloaded.\"}|INSTANCE_GONE",
                "500|{\"error\":{\"type\":\"model_load_failed\",\"message\":\"insufficient system resources\"}}|INSUFFICIENT_MEMORY",
                "400|{\"error\":\"The model has crashed without additional information. (Exit code: 6)\"}|ENGINE_FAILED",
                "400|{\"error\":\"something new\"}|REFUSED",
                "400|{\"error\":{\"sides\":3}}|REFUSED",
                "503|{\"error\":\"something new\"}|UNKNOWN",
                "502|<html>Bad Gateway</html>|UNKNOWN",
                "429|{\"error\":\"slow down\"}|UNKNOWN",
                "200|{\"error\":\"Unexpected endpoint or method. (POST /v1/chat/completions)\"}|VERSION_MISMATCH"
            })
    void errorOfAnInferenceIsUnderstood(int status, String body, String kind) {
        server.put("/v1/chat/completions", reply(status, body));

        assertFails(() -> ask("team-a", ModelType.LLM), kind, "POST /v1/chat/completions");
    }

    @Test
    void interruptEndsTheExchange() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        server.put("/v1/chat/completions", exchange -> {
            asked.countDown();
            server.end().await();
        });
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        Thread caller = Thread.ofPlatform().start(() -> {
            try (LmStudioHttp http = new LmStudioHttp(server.settings(null))) {
                http.ask("team-a", ModelType.LLM, Duration.ofMinutes(1));
            } catch (InterruptedException | LmStudioFailure e) {
                seen.set(e);
            }
        });
        asked.await();
        caller.interrupt();
        caller.join(LONG);

        assertThat(seen.get()).isInstanceOf(InterruptedException.class);
    }

    private InferenceReply ask(String identifier, ModelType type) throws LmStudioFailure, InterruptedException {
        return ask(identifier, type, LONG);
    }

    private InferenceReply ask(String identifier, ModelType type, Duration deadline)
            throws LmStudioFailure, InterruptedException {
        try (LmStudioHttp http = new LmStudioHttp(server.settings(null))) {
            return http.ask(identifier, type, deadline);
        }
    }
}
