package dev.lmstudiooperator.lmstudio.http;

import static dev.lmstudiooperator.lmstudio.FailureAssertions.assertFails;
import static dev.lmstudiooperator.lmstudio.http.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ApiTokenTest {

    private static final String V1_MODELS = """
            {"models":[{"type":"llm","key":"qwen/qwen3-4b","loaded_instances":[{"id":"team-a","config":{"context_length":4096,
             "parallel":4}},{"id":"team-b","config":{}}],"max_context_length":40960,"news":{}},
             {"type":"embedding","key":"nomic","loaded_instances":[]}]}""";

    private final ScriptedServer server = new ScriptedServer();
    private final Path folder;

    ApiTokenTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tokenIsReadAgainAfterItWasRotated() throws Exception {
        server.put("/api/v1/models", reply(200, V1_MODELS));
        Path file = Files.writeString(folder.resolve("token"), "sk-lm-old:1\n");
        HttpSettings settings = server.settings(file);
        try (LmStudioHttp http = new LmStudioHttp(settings)) {
            http.list();
            Files.writeString(file, "sk-lm-new:2\n");
            http.list();
        }

        assertThat(server.requests())
                .containsExactly("GET /api/v1/models Bearer sk-lm-old:1 ", "GET /api/v1/models Bearer sk-lm-new:2 ");
    }

    @ParameterizedTest
    @CsvSource({"401", "403"})
    void refusedTokenIsNotShown(int status) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "some-other-secret");
        server.put(
                "/api/v1/models",
                reply(status, "{\"error\":{\"code\":\"invalid_api_key\",\"message\":\"bad some-other-secret\"}}"));

        LmStudioFailure failure = assertFails(() -> list(server.settings(file)), "NOT_AUTHENTICATED", "token");
        assertThat(failure.explanation()).doesNotContain("some-other-secret");
    }

    @Test
    void refusalWithoutABodyIsOneToo() {
        server.put("/api/v1/models", reply(401, ""));

        assertFails(this::list, "NOT_AUTHENTICATED", "401");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "tokén", "sk-secret\nsk-other"})
    void fileWithoutATokenIsReportedByItsName(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("api-key"), content);

        LmStudioFailure failure = assertFails(() -> list(server.settings(file)), "NOT_AUTHENTICATED", file.toString());
        assertThat(server.requests()).isEmpty();
        assertThat(content.lines().filter(line -> failure.explanation().contains(line)))
                .as("no content of the token file")
                .isEmpty();
    }

    @Test
    void missingTokenFileIsReportedByItsName() {
        Path file = folder.resolve("none");

        LmStudioFailure failure = assertFails(() -> list(server.settings(file)), "NOT_AUTHENTICATED", file.toString());
        assertThat(failure).hasCauseInstanceOf(IOException.class);
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
