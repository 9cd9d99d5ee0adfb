package dev.lmstudiooperator.lmstudio.http;

import static dev.lmstudiooperator.lmstudio.FailureAssertions.assertFails;
import static dev.lmstudiooperator.lmstudio.http.ScriptedServer.UNEXPECTED;
import static dev.lmstudiooperator.lmstudio.http.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

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

/** Tests how the answers of LM Studio about itself are parsed, including unexpected ones. */
@Timeout(60)
class LocalServerInfoTest {

    private static final String REFUSED = """
            {"error":{"type":"invalid_request","code":"invalid_api_key","message":"An LM Studio API token is required"}}""";

    private final ScriptedServer server = new ScriptedServer();
    private final Path folder;
    private final Path info;
    private final LocalServerInfo lmStudio;

    LocalServerInfoTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.info = folder.resolve("http-server.json");
        Files.writeString(info, "{\"port\":%d}".formatted(server.port()));
        Path token = Files.writeString(folder.resolve("token"), "sk-lm-12345678:12345678901234567890");
        this.lmStudio = new LocalServerInfo(server.settings(token), info);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void releaseIsAskedForAtThePortOfTheCli() throws Exception {
        server.put("/lms-status", reply(200, "{\"package\":\"llmster\",\"version\":\"0.4.21+2\",\"more\":{}}"));

        assertThat(lmStudio.version()).isEqualTo("0.4.21+2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "<html>",
                "{}",
                "{\"version\":\"0.4.21\"}",
                "{\"package\":\"llmster\"}",
                "{\"package\":\"llmster\",\"version\":null}",
                "{\"package\":\"llmster\",\"version\":4}",
                "{\"package\":\"llmster\",\"version\":\"\"}",
                "{\"package\":\"llmster\",\"version\":\"\\u001b[2J \\n\"}"
            })
    void garbageIsNoRelease(String body) {
        server.put("/lms-status", reply(200, body));

        assertFails(lmStudio::version, "UNREADABLE_OUTPUT", "/lms-status");
    }

    @Test
    void otherProgramAtThatPortIsNotLmStudio() {
        server.put("/lms-status", reply(404, "<h1>Not Found</h1>"));

        assertFails(lmStudio::version, "VERSION_MISMATCH", "/lms-status");
    }

    @Test
    void releaseIsCleanAndShort() throws Exception {
        server.put(
                "/lms-status",
                reply(
                        200,
                        "{\"package\":\"llmster\",\"version\":\"0.4\\u001b[31m.21\\n%s\"}"
                                .formatted("x".repeat(10_000))));

        assertThat(lmStudio.version()).startsWith("0.4.21 xxx").hasSize(512);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"port\":0}",
                "{\"port\":65536}",
                "{\"port\":\"41343\"}",
                "{\"port\":1.5}"
            })
    void fileWithoutAPortMeansThatNoServerIsKnown(String content) throws IOException {
        Files.writeString(info, content);

        assertFails(lmStudio::version, "UNREACHABLE", info.toString());
    }

    @Test
    void missingFileMeansThatNoServerIsKnown() throws IOException {
        Files.delete(info);

        assertFails(lmStudio::version, "UNREACHABLE", info.toString());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            {"port":1234,"justInTimeModelLoading":true}  | true
            {"port":1234,"justInTimeModelLoading":false} | false
            """, delimiter = '|')
    void jitLoadingStandsInTheSettingsOfTheServer(String content, boolean isJitLoading) throws IOException {
        Files.writeString(folder.resolve("http-server-config.json"), content);

        assertThat(lmStudio.isJitLoading()).contains(isJitLoading);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[true]",
                "null",
                "{\"port\":1234}",
                "{\"justInTimeModelLoading\":null}",
                "{\"justInTimeModelLoading\":\"true\"}",
                "{\"justInTimeModelLoading\":1}"
            })
    void settingsWithoutTheValueAreNoAnswer(String content) throws IOException {
        Files.writeString(folder.resolve("http-server-config.json"), content);

        assertThat(lmStudio.isJitLoading()).isEmpty();
    }

    @Test
    void missingSettingsAreNoAnswer() {
        assertThat(lmStudio.isJitLoading()).isEmpty();
    }

    @Test
    void acceptedAnonymousRequestShowsThatNoTokenIsRequired() throws Exception {
        server.put("/api/v1/models", reply(200, "{\"models\":[]}"));

        assertThat(lmStudio.wantsToken()).isFalse();
        assertThat(server.requests()).containsExactly("GET /api/v1/models null ");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 200, 400})
    void refusalShowsThatATokenIsRequired(int status) throws Exception {
        server.put("/api/v1/models", reply(status, REFUSED));

        assertThat(lmStudio.wantsToken()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"401", "403"})
    void refusalNeedsNoWords(int status) throws Exception {
        server.put("/api/v1/models", reply(status, ""));

        assertThat(lmStudio.wantsToken()).isTrue();
    }

    @Test
    void olderLmStudioIsAskedToo() throws Exception {
        server.put("/api/v1/models", reply(200, UNEXPECTED));
        server.put("/api/v0/models", reply(401, REFUSED));

        assertThat(lmStudio.wantsToken()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            500 | {"error":"busy"}   | UNKNOWN
            200 | {"models":         | UNREADABLE_OUTPUT
            200 | {}                 | UNREADABLE_OUTPUT
            """, delimiter = '|')
    void otherAnswersAreInconclusive(int status, String body, String kind) {
        server.put("/api/v1/models", reply(status, body));

        assertFails(lmStudio::wantsToken, kind, "/api/v1/models");
    }
}
