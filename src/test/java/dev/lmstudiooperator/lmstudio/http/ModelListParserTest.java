package dev.lmstudiooperator.lmstudio.http;

import static dev.lmstudiooperator.lmstudio.FailureAssertions.assertFails;
import static dev.lmstudiooperator.lmstudio.http.ScriptedServer.UNEXPECTED;
import static dev.lmstudiooperator.lmstudio.http.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ModelListParserTest {

    private static final String V1_MODELS = """
            {"models":[{"type":"llm","key":"qwen/qwen3-4b","loaded_instances":[{"id":"team-a","config":{"context_length":4096,
             "parallel":4}},{"id":"team-b","config":{}}],"max_context_length":40960,"news":{}},
             {"type":"embedding","key":"nomic","loaded_instances":[]}]}""";

    private final ScriptedServer server = new ScriptedServer();

    ModelListParserTest() throws IOException {}

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void modelsAndInstancesAreListed() throws Exception {
        server.put("/api/v1/models", reply(200, V1_MODELS));

        assertThat(list())
                .isEqualTo(new ApiModelList(
                        Set.of(
                                new ServedInstance("qwen/qwen3-4b", "team-a", 4096, 4),
                                new ServedInstance("qwen/qwen3-4b", "team-b", null, null)),
                        Set.of("qwen/qwen3-4b", "nomic")));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404})
    void olderLmStudioListsLoadedModelsOnly(int statusOfUnknownPaths) throws Exception {
        server.put("/api/v1/models", reply(statusOfUnknownPaths, UNEXPECTED));
        server.put("/api/v0/models", reply(200, """
                        {"object":"list","data":[{"id":"a","state":"loaded","loaded_context_length":2048},
                         {"id":"b","state":"not-loaded"},{"id":"c","state":"loading"}]}"""));

        assertThat(list())
                .isEqualTo(new ApiModelList(Set.of(new ServedInstance("a", null, 2048, null)), Set.of("a", "b", "c")));
    }

    @Test
    void serverThatKnowsNoListIsNotLmStudio() {
        assertFails(this::list, "VERSION_MISMATCH", "Unexpected endpoint");
    }

    @Test
    void otherServerThatAnswers404IsNotLmStudio() {
        server.put("/api/v1/models", reply(404, "<h1>Not Found</h1>"));
        server.put("/api/v0/models", reply(404, ""));

        assertFails(this::list, "VERSION_MISMATCH", "check the address, and update LM Studio");
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
        server.put("/api/v1/models", reply(200, body));

        assertFails(this::list, "UNREADABLE_OUTPUT", "/api/v1/models");
    }

    @Test
    void truncatedAnswerIsUnreadable() {
        server.put("/api/v1/models", exchange -> {
            exchange.sendResponseHeaders(200, 10_000);
            exchange.getResponseBody().write(V1_MODELS.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            server.hangUp();
        });

        assertFails(this::list, "UNREADABLE_OUTPUT", "broken");
    }

    @Test
    void answerBeyondTheCapIsCutOff() {
        server.put("/api/v1/models", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[64 * 1024];
            OutputStream body = exchange.getResponseBody();
            while (server.end().getCount() > 0) {
                body.write(block);
            }
        });

        assertFails(this::list, "UNREADABLE_OUTPUT", "more than 1048576 bytes");
    }

    @Test
    void serverThatDripsDoesNotHoldUs() {
        server.put("/api/v1/models", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (!server.end().await(50, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
            }
        });

        assertFails(() -> list(server.impatientSettings()), "TIMED_OUT", "within 500 ms");
    }

    @Test
    void refusedConnectionMeansThatTheServerMustBeStarted() throws IOException {
        int freePort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = socket.getLocalPort();
        }
        HttpSettings settings =
                ScriptedServer.settings(URI.create("http://127.0.0.1:" + freePort), null, ScriptedServer.LONG);

        assertFails(() -> list(settings), "UNREACHABLE", "(connection refused) — start it: `lms server start`");
    }

    @Test
    void connectionClosedWithoutAnAnswerMeansUnreachable() {
        server.put("/api/v1/models", exchange -> {
            throw new IOException("dies");
        });

        assertFails(this::list, "UNREACHABLE", "lms server start");
    }

    @Test
    void redirectIsNotFollowed() {
        server.put("/api/v1/models", exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        });

        assertFails(this::list, "UNREADABLE_OUTPUT", "302");
        assertThat(server.requests()).noneMatch(request -> request.contains("elsewhere"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:1234",
                "ftp://h",
                "http://user:secret@h",
                "http://h?x=1",
                "http:///x",
                "http://h/v1",
                "http://h:1/api/v1/"
            })
    void addressThatIsNoneIsAMistakeOfTheConfiguration(String address) {
        URI uri = URI.create(address.startsWith("127") ? "//" + address : address);

        assertThatThrownBy(() -> ScriptedServer.settings(uri, null, ScriptedServer.LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void slashAtTheEndOfTheAddressIsAllowed() throws Exception {
        server.put("/api/v1/models", reply(200, V1_MODELS));
        URI address = URI.create(server.address() + "/");

        assertThat(list(ScriptedServer.settings(address, null, ScriptedServer.LONG))
                        .modelKeys())
                .contains("nomic");
    }

    @Test
    void modelsThatAreBeingLoadedAreListed() throws Exception {
        server.put("/api/v0/models", reply(200, """
                        {"object":"list","data":[{"id":"a","state":"loaded"},{"id":"b","state":"not-loaded"},
                         {"id":"c","state":"loading"}]}"""));

        assertThat(loading()).containsExactly("c");
    }

    @Test
    void nothingIsBeingLoadedWhereEveryModelIsLoadedOrNot() throws Exception {
        server.put("/api/v0/models", reply(200, "{\"data\":[{\"id\":\"a\",\"state\":\"loaded\"}]}"));

        assertThat(loading()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404})
    void whereNothingReportsLoadsUnderWayTheyAreNotKnown(int statusOfUnknownPaths) {
        server.put("/api/v1/models", reply(200, V1_MODELS));
        server.put("/api/v0/models", reply(statusOfUnknownPaths, UNEXPECTED));

        assertFails(this::loading, "VERSION_MISMATCH", "Unexpected endpoint");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"data\":{}}",
                "{\"data\":[{\"id\":\"a\"}]}",
                "{\"data\":[{\"id\":\"a\",\"state\":1}]}",
                "{\"data\":[{\"state\":\"loading\"}]}",
                "{\"data\":["
            })
    void listWithoutTheFieldHasNoLoads(String body) {
        server.put("/api/v0/models", reply(200, body));

        assertFails(this::loading, "UNREADABLE_OUTPUT", "/api/v0/models");
    }

    private Set<String> loading() throws LmStudioFailure, InterruptedException {
        try (LmStudioHttp http = new LmStudioHttp(server.settings(null))) {
            return http.loading();
        }
    }

    private ApiModelList list() throws LmStudioFailure, InterruptedException {
        return list(server.settings(null));
    }

    private static ApiModelList list(HttpSettings settings) throws LmStudioFailure, InterruptedException {
        try (LmStudioHttp http = new LmStudioHttp(settings)) {
            return http.list();
        }
    }
}
