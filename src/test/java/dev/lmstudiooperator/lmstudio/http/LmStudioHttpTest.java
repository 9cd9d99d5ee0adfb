package dev.lmstudiooperator.lmstudio.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lmstudiooperator.lmstudio.Answer;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.ModelType;
import dev.lmstudiooperator.lmstudio.Served;
import dev.lmstudiooperator.lmstudio.ServedInstance;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class LmStudioHttpTest {

    private static final Duration SHORT = Duration.ofMillis(500);

    private static final String V1_MODELS = """
            {"models":[{"type":"llm","key":"qwen/qwen3-4b","loaded_instances":[{"id":"team-a","config":{"context_length":4096,
             "parallel":4}},{"id":"team-b","config":{}}],"max_context_length":40960,"news":{}},
             {"type":"embedding","key":"nomic","loaded_instances":[]}]}""";

    private static final String UNEXPECTED = "{\"error\":\"Unexpected endpoint or method. (GET /api/v1/models)\"}";

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Path folder;

    private interface Script {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    LmStudioHttpTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
            try (exchange) {
                scripts.getOrDefault(exchange.getRequestURI().getPath(), reply(200, UNEXPECTED))
                        .answer(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void modelsAndInstancesAreListed() throws Exception {
        scripts.put("/api/v1/models", reply(200, V1_MODELS));

        assertThat(list())
                .isEqualTo(new Served(
                        Set.of(
                                new ServedInstance("qwen/qwen3-4b", "team-a", 4096),
                                new ServedInstance("qwen/qwen3-4b", "team-b", null)),
                        Set.of("qwen/qwen3-4b", "nomic")));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404})
    void olderLmStudioListsLoadedModelsOnly(int statusOfUnknownPaths) throws Exception {
        scripts.put("/api/v1/models", reply(statusOfUnknownPaths, UNEXPECTED));
        scripts.put("/api/v0/models", reply(200, """
                        {"object":"list","data":[{"id":"a","state":"loaded","loaded_context_length":2048},
                         {"id":"b","state":"not-loaded"},{"id":"c","state":"loading"}]}"""));

        assertThat(list()).isEqualTo(new Served(Set.of(new ServedInstance("a", null, 2048)), Set.of("a", "b", "c")));
    }

    @Test
    void serverThatKnowsNoListIsNotLmStudio() {
        assertFails(this::list, "VERSION_MISMATCH", "Unexpected endpoint");
    }

    @Test
    void otherServerThatAnswers404IsNotLmStudio() {
        scripts.put("/api/v1/models", reply(404, "<h1>Not Found</h1>"));
        scripts.put("/api/v0/models", reply(404, ""));

        assertFails(this::list, "VERSION_MISMATCH", "see whether the address is LM Studio's");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html><body>Login</body></html>",
                "",
                "[]",
                "null",
                "{}",
                "{\"models\":{}}",
                "{\"models\":[{\"key\":\"a\"}]}",
                "{\"models\":[{\"key\":1,\"loaded_instances\":[]}]}",
                "{\"models\":[{\"key\":\"a\",\"loaded_instances\":[{\"identifier\":\"a\"}]}]}",
                "{\"models\":[]} {\"models\":[]}",
                "{\"models\":["
            })
    void garbageIsNeverAList(String body) {
        scripts.put("/api/v1/models", reply(200, body));

        assertFails(this::list, "UNREADABLE_OUTPUT", "/api/v1/models");
    }

    @Test
    void truncatedAnswerIsUnreadable() {
        scripts.put("/api/v1/models", exchange -> {
            exchange.sendResponseHeaders(200, 10_000);
            exchange.getResponseBody().write(V1_MODELS.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            server.stop(0);
        });

        assertFails(this::list, "UNREADABLE_OUTPUT", "broken");
    }

    @Test
    void answerBeyondTheCapIsCutOff() {
        scripts.put("/api/v1/models", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[64 * 1024];
            OutputStream body = exchange.getResponseBody();
            while (end.getCount() > 0) {
                body.write(block);
            }
        });

        assertFails(this::list, "UNREADABLE_OUTPUT", "more than 1048576 bytes");
    }

    @Test
    void serverThatDripsDoesNotHoldUs() {
        scripts.put("/api/v1/models", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (!end.await(50, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
            }
        });

        assertFails(this::list, "TIMED_OUT", "within 500 ms");
    }

    @Test
    void serverThatSaysNothingDoesNotHoldUs() {
        scripts.put("/v1/chat/completions", exchange -> end.await());

        assertFails(() -> ask("team-a", ModelType.LLM), "TIMED_OUT", "/v1/chat/completions");
    }

    @Test
    void nobodyListeningMeansThatTheServerIsToBeStarted() throws IOException {
        int freePort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = socket.getLocalPort();
        }
        HttpSettings settings = HttpSettings.of(URI.create("http://127.0.0.1:" + freePort), null);

        assertFails(() -> list(settings), "UNREACHABLE", "lms server start");
    }

    @Test
    void connectionClosedWithoutAnAnswerMeansUnreachable() {
        scripts.put("/api/v1/models", exchange -> {
            throw new IOException("dies");
        });

        assertFails(this::list, "UNREACHABLE", "lms server start");
    }

    @Test
    void redirectIsNotFollowed() {
        scripts.put("/api/v1/models", exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        });

        assertFails(this::list, "UNREADABLE_OUTPUT", "302");
        assertThat(requests).noneMatch(request -> request.contains("elsewhere"));
    }

    @Test
    void tokenIsReadAgainAfterItWasRotated() throws Exception {
        scripts.put("/api/v1/models", reply(200, V1_MODELS));
        Path file = Files.writeString(folder.resolve("token"), "sk-lm-old:1\n");
        HttpSettings settings = settings(file);
        try (LmStudioHttp http = new LmStudioHttp(settings)) {
            http.list();
            Files.writeString(file, "sk-lm-new:2\n");
            http.list();
        }

        assertThat(requests)
                .containsExactly("GET /api/v1/models Bearer sk-lm-old:1 ", "GET /api/v1/models Bearer sk-lm-new:2 ");
    }

    @ParameterizedTest
    @CsvSource({"401", "403"})
    void refusedTokenIsNotShown(int status) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "some-other-secret");
        scripts.put(
                "/api/v1/models",
                reply(status, "{\"error\":{\"code\":\"invalid_api_key\",\"message\":\"bad some-other-secret\"}}"));

        LmStudioFailure failure = assertFails(() -> list(settings(file)), "NOT_AUTHENTICATED", "token");
        assertThat(failure.explanation()).doesNotContain("some-other-secret");
    }

    @Test
    void refusalWithoutABodyIsOneToo() {
        scripts.put("/api/v1/models", reply(401, ""));

        assertFails(this::list, "NOT_AUTHENTICATED", "401");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "tokén"})
    void fileWithoutATokenIsToldByItsName(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), content);

        assertFails(() -> list(settings(file)), "NOT_AUTHENTICATED", file.toString());
        assertThat(requests).isEmpty();
    }

    @Test
    void missingTokenFileIsToldByItsName() {
        Path file = folder.resolve("none");

        LmStudioFailure failure = assertFails(() -> list(settings(file)), "NOT_AUTHENTICATED", file.toString());
        assertThat(failure).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void oneTokenIsAsked() throws Exception {
        scripts.put(
                "/v1/chat/completions",
                reply(200, "{\"model\":\"other\",\"choices\":[{\"message\":{\"content\":\"\"}}]}"));

        assertThat(ask("team-a", ModelType.LLM)).isEqualTo(new Answer("other"));
        assertThat(requests)
                .containsExactly(
                        "POST /v1/chat/completions null {\"model\":\"team-a\",\"messages\":[{\"role\":\"user\","
                                + "\"content\":\".\"}],\"max_tokens\":1,\"temperature\":0,\"stream\":false}");
    }

    @Test
    void oneVectorIsAskedOfAnEmbeddingModel() throws Exception {
        scripts.put("/v1/embeddings", reply(200, "{\"model\":\"e\",\"data\":[{\"embedding\":[0.1]}]}"));

        assertThat(ask("e", ModelType.EMBEDDING)).isEqualTo(new Answer("e"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"model\":\"a\",\"choices\":[]}", "{\"choices\":[{}]}", "{}"})
    void answerOfNobodyIsUnreadable(String body) {
        scripts.put("/v1/chat/completions", reply(200, body));

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
        scripts.put("/v1/chat/completions", reply(status, body));

        assertFails(() -> ask("team-a", ModelType.LLM), kind, "POST /v1/chat/completions");
    }

    @Test
    void interruptEndsTheExchange() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        scripts.put("/v1/chat/completions", exchange -> {
            asked.countDown();
            end.await();
        });
        AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
        Thread caller = Thread.ofPlatform().start(() -> {
            try (LmStudioHttp http =
                    new LmStudioHttp(HttpSettings.of(settings(null).address(), null))) {
                http.ask("team-a", ModelType.LLM, Duration.ofMinutes(1));
            } catch (InterruptedException | LmStudioFailure e) {
                seen.set(e);
            }
        });
        asked.await();
        caller.interrupt();
        caller.join(Duration.ofSeconds(10));

        assertThat(seen.get()).isInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1234", "ftp://h", "http://user:secret@h", "http://h?x=1", "http:///x"})
    void addressThatIsNoneIsAMistakeOfTheConfiguration(String address) {
        URI uri = URI.create(address.startsWith("127") ? "//" + address : address);

        assertThatThrownBy(() -> HttpSettings.of(uri, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    private Served list() throws LmStudioFailure, InterruptedException {
        return list(settings(null));
    }

    private static Served list(HttpSettings settings) throws LmStudioFailure, InterruptedException {
        try (LmStudioHttp http = new LmStudioHttp(settings)) {
            return http.list();
        }
    }

    private Answer ask(String identifier, ModelType type) throws LmStudioFailure, InterruptedException {
        try (LmStudioHttp http = new LmStudioHttp(settings(null))) {
            return http.ask(identifier, type, SHORT);
        }
    }

    private HttpSettings settings(@Nullable Path tokenFile) {
        return new HttpSettings(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                tokenFile,
                Duration.ofSeconds(2),
                SHORT,
                1024 * 1024);
    }

    private static Script reply(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return exchange -> {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private static LmStudioFailure assertFails(ThrowingCallable call, String kind, String part) {
        LmStudioFailure failure = catchThrowableOfType(LmStudioFailure.class, call);
        String actual =
                switch (failure) {
                    case InfrastructureFailure infrastructure ->
                        infrastructure.kind().name();
                    case DomainFailure domain -> domain.kind().name();
                };
        assertThat(actual).as(failure.explanation()).isEqualTo(kind);
        assertThat(failure.explanation()).contains(part);
        return failure;
    }
}
