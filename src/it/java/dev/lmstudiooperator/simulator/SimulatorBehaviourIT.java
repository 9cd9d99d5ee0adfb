package dev.lmstudiooperator.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests behavior of the simulator that the transcripts do not cover: time, HTTP, faults and the journal. */
@SimulatorTest
class SimulatorBehaviourIT {

    private final SimulatorProcess simulator;
    private final SimulatorHttp http;

    SimulatorBehaviourIT(SimulatorProcess simulator) {
        this.simulator = simulator;
        this.http = new SimulatorHttp(simulator);
    }

    @Test
    void idleInstanceExpires() {
        simulator.lms("load", "qwen3-4b", "--yes", "--identifier=team-a", "--ttl", "600");
        simulator.advanceClock(Duration.ofSeconds(590));
        assertThat(simulator.instances()).hasSize(1);
        simulator.advanceClock(Duration.ofSeconds(11));
        assertThat(simulator.instances()).isEmpty();
        assertThat(simulator.journal().effects())
                .containsExactly(
                        "loaded team-a qwen3-4b ttl=600 context=4096",
                        "loaded team-a qwen3-4b ttl=600 context=4096",
                        "expired team-a qwen3-4b ttl=600 context=4096");
    }

    @Test
    void requestResetsTheIdleTimer() throws Exception {
        simulator.placeInstance(SimulatorProcess.object()
                .put("modelKey", "qwen3-4b")
                .put("identifier", "team-a")
                .put("ttlMs", 600_000));
        simulator.advanceClock(Duration.ofMinutes(9));
        assertThat(http.chat("team-a").statusCode()).isEqualTo(200);
        simulator.advanceClock(Duration.ofMinutes(9));
        assertThat(simulator.instances()).hasSize(1);
    }

    @Test
    void requestLoadsADownloadedModelAndEvictsThePreviousOne() throws Exception {
        assertThat(http.chat("qwen3-4b").body()).contains("\"model\":\"qwen3-4b\"");
        assertThat(http.chat("llama-3.2-1b-instruct").statusCode()).isEqualTo(200);
        assertThat(simulator.instances())
                .singleElement()
                .satisfies(instance -> assertThat(instance.identifier()).isEqualTo("llama-3.2-1b-instruct"))
                .satisfies(instance -> assertThat(instance.ttl()).contains(Duration.ofHours(1)));
    }

    @Test
    void onlyModelLoadedAnswersForAnyName() throws Exception {
        simulator.placeInstance("qwen3-4b", "team-a");
        assertThat(http.chat("team-b").body()).contains("\"model\":\"team-a\"");
    }

    @Test
    void deadEngineIsListedAndFails() throws Exception {
        simulator.placeInstance("qwen3-4b", "team-a");
        simulator.killEngine("team-a");
        assertThat(simulator.lms("ps", "--json").stdout()).contains("team-a");
        assertThat(http.chat("team-a").body()).isEqualTo("{\"error\":\"Model is unloaded.\"}");
    }

    @Test
    void stoppedServerRefusesConnections() throws Exception {
        simulator.stopServer();
        assertThatThrownBy(() -> http.get("/v1/models")).isInstanceOf(ConnectException.class);
        assertThat(simulator.lms("server", "start").exit()).isZero();
        assertThat(http.get("/v1/models").statusCode()).isEqualTo(200);
    }

    @Test
    void tokenIsRequired() throws Exception {
        simulator.set("token", "sk-lm-abcdefgh:abcdefghij0123456789");
        assertThat(http.get("/api/v1/models").statusCode()).isEqualTo(401);
    }

    @Test
    void portOfTheCliReturnsTheRelease() throws Exception {
        simulator.set("version", "0.5.0+1");
        var status = URI.create(
                "http://127.0.0.1:" + simulator.state().path("apiPort").asInt() + "/lms-status");
        assertThat(SimulatorHttp.send(HttpRequest.newBuilder(status)).body())
                .isEqualTo("{\"package\":\"llmster\",\"version\":\"0.5.0+1\"}");
    }

    @Test
    void settingsOfTheServerShowWhetherItLoadsOnDemand() throws Exception {
        var config = simulator.serverInfoFile().resolveSibling("http-server-config.json");
        assertThat(Files.readString(config)).contains("\"justInTimeModelLoading\":true");
        simulator.set("jit", false);
        assertThat(Files.readString(config)).contains("\"justInTimeModelLoading\":false");
    }

    @Test
    void faultAffectsItsNumberOfCalls() {
        simulator.fault(Fault.on("ps", "exit").with("code", 3).once());
        assertThat(simulator.lms("ps", "--json").exit()).isEqualTo(3);
        assertThat(simulator.lms("ps", "--json").exit()).isZero();
    }

    @Test
    void wrongModelIsLoadedWithExitZero() {
        simulator.fault(Fault.on("load", "wrongModel").with("modelKey", "llama-3.2-1b-instruct"));
        assertThat(simulator
                        .lms("load", "qwen3-4b", "--yes", "--identifier=team-a")
                        .exit())
                .isZero();
        assertThat(simulator.instances()).singleElement().satisfies(one -> assertThat(one.modelKey())
                .isEqualTo("llama-3.2-1b-instruct"));
    }

    @Test
    void halfAnswerBreaksOff() {
        simulator.fault(Fault.on("http:/api/v1/models", "half").once());
        assertThatThrownBy(() -> http.get("/api/v1/models")).isInstanceOf(IOException.class);
    }

    @Test
    void garbageIsNoJson() {
        simulator.fault(Fault.on("ps", "garbage").with("bytes", 100_000).once());
        assertThat(simulator.lms("ps", "--json").stdout())
                .hasSizeGreaterThan(50_000)
                .doesNotStartWith("[{");
    }

    @Test
    void zombieStaysAsLongAsItsParent() throws Exception {
        assumeThat(Path.of("/proc/self/stat")).exists();
        simulator.fault(Fault.on("ps", "zombie").once());
        simulator.fault(Fault.on("ps", "hang").once());
        var process = LmsCall.start(simulator, Map.of(), List.of("ps", "--json"));
        await().until(() -> process.descendants()
                .anyMatch(child -> isZombie(Path.of("/proc", String.valueOf(child.pid()), "stat"))));
        process.destroyForcibly().onExit().join();
    }

    @Test
    void loadIsSeenWhileItRuns() throws Exception {
        simulator.setLoadTime(Duration.ofMinutes(5));
        var process = LmsCall.start(simulator, Map.of(), List.of("load", "qwen3-4b", "--yes"));
        await().until(() -> !simulator.loading().isEmpty());
        assertThat(http.get("/api/v0/models/qwen3-4b").body()).contains("\"state\":\"loading\"");
        simulator.advanceClock(Duration.ofMinutes(6));
        assertThat(process.waitFor()).isZero();
        assertThat(simulator.journal().mostLoadsAtOnce()).isEqualTo(1);
    }

    @Test
    void tenThousandModelsFit() {
        simulator.replaceModels(
                IntStream.range(0, 10_000).mapToObj(number -> "model-" + number).toList());
        assertThat(simulator.state().path("models")).hasSize(10_000);
    }

    @Test
    void deadSimulatorLooksLikeADeadDaemon(@TempDir Path other) {
        try (var shortLived = SimulatorProcess.start(other)) {
            shortLived.kill();
            var call = shortLived.lms("ps", "--json");
            assertThat(call.exit()).isEqualTo(1);
            assertThat(call.stderr()).contains("daemon is not running and no valid installation");
        }
    }

    private static boolean isZombie(Path stat) {
        try {
            return Files.readString(stat).contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }
}
