package dev.lmstudiooperator.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests behavior of LM Studio that differs between releases or is assumed, and that a test can enable. */
@SimulatorTest
class SimulatorSwitchesIT {

    private static final String DEVICE = "dev-remote-01";
    private static final String V1_MODELS = "/api/v1/models";

    private final SimulatorProcess simulator;
    private final SimulatorHttp http;

    SimulatorSwitchesIT(SimulatorProcess simulator) {
        this.simulator = simulator;
        this.http = new SimulatorHttp(simulator);
    }

    @Test
    void modelThatWouldBeChosenLeavesTheDiskBeforeTheChoice() {
        simulator.replaceModels(List.of("qwen3-4b", "qwen3-4b-thinking"));
        simulator.fault(Fault.on("load", "modelGone").once());

        var call = simulator.lms("load", "qwen3-4b", "--yes", "--local", "--identifier=team-a", "--ttl=600");

        assertThat(call.exit()).isZero();
        assertThat(summaries()).containsExactly("team-a qwen3-4b-thinking ttl=600 context=4096");
        assertThat(simulator.journal().effects()).contains("removed from disk qwen3-4b");
        assertThat(simulator.lms("ls", "--json").stdout()).doesNotContain("\"qwen3-4b\"");
    }

    @Test
    void namedModelLeavesTheDiskBeforeTheChoice() {
        simulator.replaceModels(List.of("qwen3-4b", "phi-4"));
        simulator.fault(Fault.on("load", "modelGone").with("modelKey", "phi-4").once());

        assertThat(simulator.lms("load", "qwen3-4b", "--yes").exit()).isZero();

        assertThat(summaries()).containsExactly("qwen3-4b qwen3-4b ttl=none context=4096");
        assertThat(simulator.lms("load", "phi-4", "--yes").exit()).isEqualTo(1);
    }

    @Test
    void lsIsEmptyWhileModelsAreIndexed() {
        simulator.fault(Fault.on("ls", "incomplete").once());
        assertThat(simulator.lms("ls", "--json").stdout()).isEqualTo("[]\n");
        assertThat(simulator.lms("ls", "--json").stdout()).contains("qwen3-4b");
    }

    @Test
    void lsListsTheConfiguredNumberOfModels() {
        simulator.replaceModels(List.of("qwen3-4b", "phi-4", "gemma-3"));
        simulator.fault(Fault.on("ls", "incomplete").with("keep", 2));
        assertThat(simulator.lms("ls", "--json").stdout())
                .contains("qwen3-4b", "phi-4")
                .doesNotContain("gemma-3");
    }

    @Test
    void listsLackTheModelsThatAreNamed() throws Exception {
        simulator.replaceModels(List.of("qwen3-4b", "phi-4"));
        for (var list : List.of("ls", "http:/api/v1/models", "http:/api/v0/models", "http:/v1/models")) {
            simulator.fault(Fault.on(list, "incomplete").with("without", List.of("phi-4")));
        }
        assertThat(simulator.lms("ls", "--json").stdout()).contains("qwen3-4b").doesNotContain("phi-4");
        for (var path : List.of(V1_MODELS, "/api/v0/models", "/v1/models")) {
            assertThat(http.get(path).body()).contains("qwen3-4b").doesNotContain("phi-4");
        }
    }

    @Test
    void identifierOfALoadUnderWayIsRefused() throws Exception {
        simulator.setLoadTime(Duration.ofMinutes(5));
        var first = startLoad("qwen3-4b");

        var second = simulator.lms("load", "llama-3.2-1b-instruct", "--yes", "--identifier=team-a", "--ttl=600");

        assertThat(second.exit()).isEqualTo(1);
        simulator.advanceClock(Duration.ofMinutes(6));
        assertThat(first.waitFor()).isZero();
        assertThat(summaries()).containsExactly("team-a qwen3-4b ttl=600 context=4096");
    }

    @Test
    void loadThatEndsSecondGetsAnotherNameWhenIdentifiersAreNotReserved() throws Exception {
        simulator.set("reserveIdentifier", false);
        simulator.setLoadTime(Duration.ofMinutes(5));
        var first = startLoad("qwen3-4b");
        simulator.setLoadTime(Duration.ZERO);

        var second = simulator.lms("load", "llama-3.2-1b-instruct", "--yes", "--identifier=team-a", "--ttl=600");

        assertThat(second.exit()).isZero();
        assertThat(second.stderr()).contains("use the identifier \"team-a\"");
        simulator.advanceClock(Duration.ofMinutes(6));
        assertThat(first.waitFor()).isZero();
        assertThat(simulator.journal().effects())
                .contains(
                        "loaded team-a llama-3.2-1b-instruct ttl=600 context=4096",
                        "loaded team-a:2 qwen3-4b ttl=600 context=4096");
        assertThat(simulator
                        .lms("load", "qwen3-4b", "--yes", "--identifier=team-a:2")
                        .exit())
                .as("the identifier of a loaded instance")
                .isEqualTo(1);
    }

    @Test
    void mlxModelsGetTheirOwnContextLength() throws Exception {
        simulator.set("overrideContextLength", 16_384);
        simulator.addModel(
                SimulatorProcess.object().put("modelKey", "qwen3-4b-mlx").put("format", "safetensors"));

        simulator.lms("load", "qwen3-4b-mlx", "--yes", "--identifier=less", "--context-length=8192");
        simulator.lms("load", "qwen3-4b-mlx", "--yes", "--identifier=more", "--context-length=32768");
        simulator.lms("load", "qwen3-4b", "--yes", "--identifier=gguf", "--context-length=8192");

        assertThat(summaries())
                .containsExactly(
                        "less qwen3-4b-mlx ttl=none context=16384",
                        "more qwen3-4b-mlx ttl=none context=16384",
                        "gguf qwen3-4b ttl=none context=8192");
        assertThat(http.get(V1_MODELS).body()).contains("\"format\":\"mlx\"");
    }

    @Test
    void stuckInstanceStaysBusyAfterTheClientHasGone() throws Exception {
        simulator.placeInstance("qwen3-4b", "team-a");
        simulator.setStuck("team-a", true);
        assertThat(instance("team-a").status()).isEqualTo("idle");

        var first = http.startChat("team-a");
        await().until(() -> instance("team-a").queued() == 1);
        var lastUse = lastUse("team-a");
        var second = http.startChat("team-a");
        await().until(() -> instance("team-a").queued() == 2);
        first.cancel(true);
        simulator.advanceClock(Duration.ofHours(2));

        assertThat(second).isNotDone();
        assertThat(instance("team-a").status()).isEqualTo("generating");
        assertThat(instance("team-a").queued()).isEqualTo(2);
        assertThat(lastUse).isPositive();
        assertThat(simulator.lms("ps", "--json").stdout())
                .contains("\"identifier\":\"team-a\"", "\"status\":\"generating\",\"queued\":2");
        assertThat(http.get(V1_MODELS).body()).contains("\"id\":\"team-a\"");
    }

    @Test
    void instanceThatWasStuckAnswersNewRequests() throws Exception {
        simulator.placeInstance(SimulatorProcess.object()
                .put("modelKey", "qwen3-4b")
                .put("identifier", "team-a")
                .put("ttlMs", 600_000)
                .put("stuck", true));
        var lost = http.startChat("team-a");
        await().until(() -> instance("team-a").queued() == 1);

        simulator.setStuck("team-a", false);

        assertThat(instance("team-a").status()).isEqualTo("idle");
        assertThat(instance("team-a").queued()).isZero();
        assertThat(http.chat("team-a").statusCode()).isEqualTo(200);
        assertThat(lost).isNotDone();
        simulator.advanceClock(Duration.ofMinutes(11));
        assertThat(simulator.instances()).isEmpty();
        assertThat(lost.join().body()).contains("Model unloaded by user or API request.");
    }

    @Test
    void endpointsOfAnotherReleaseAreUnknown() throws Exception {
        simulator.set("v0", false);
        assertThat(http.get("/api/v0/models").body()).contains("Unexpected endpoint or method. (GET /api/v0/models)");
        assertThat(http.get("/api/v0/models/qwen3-4b").body()).contains("Unexpected endpoint or method.");
        assertThat(http.get(V1_MODELS).body()).contains("\"models\"");
        simulator.set("v1", false);
        assertThat(http.get(V1_MODELS).statusCode()).isEqualTo(200);
        assertThat(http.get(V1_MODELS).body()).contains("Unexpected endpoint or method.");
        assertThat(http.get("/v1/models").body()).contains("qwen3-4b");
    }

    @Test
    void identifiersAreUniquePerDevice() {
        simulator.placeInstanceOn(DEVICE, "shared-14b", "team-a");

        var call = simulator.lms("load", "shared-14b", "--yes", "--local", "--identifier=team-a", "--ttl=600");

        assertThat(call.exit()).isZero();
        assertThat(summaries())
                .containsExactly(
                        "team-a shared-14b ttl=none context=4096 device=" + DEVICE,
                        "team-a shared-14b ttl=600 context=4096");
    }

    @Test
    void unloadAsksWhichDeviceIsMeant() {
        simulator.placeInstance("qwen3-4b", "team-a");
        simulator.placeInstanceOn(DEVICE, "shared-14b", "team-a");

        var process = LmsCall.start(simulator, Map.of(), List.of("unload", "team-a"));

        await().untilAsserted(() -> assertThat(simulator.journal().calls("unload"))
                .singleElement()
                .satisfies(call -> assertThat(call.waitsFor()).contains("prompt")));
        assertThat(simulator.instances()).hasSize(2);
        process.destroyForcibly().onExit().join();
    }

    @Test
    void controlsReachTheInstanceOfOneDevice() {
        simulator.placeInstanceOn(DEVICE, "shared-14b", "team-a");
        simulator.placeInstance("qwen3-4b", "team-a");

        simulator.setActivity("team-a", "generating", 1);
        simulator.changeInstance(
                "team-a",
                SimulatorProcess.object().put("deviceIdentifier", DEVICE).put("contextLength", 8192));
        assertThat(simulator.instances())
                .extracting(SimulatedInstance::status, SimulatedInstance::contextLength)
                .containsExactly(tuple("idle", 8192L), tuple("generating", 4096L));

        simulator.evict("team-a", DEVICE);
        assertThat(summaries()).containsExactly("team-a qwen3-4b ttl=none context=4096");
    }

    private Process startLoad(String modelKey) {
        var process = LmsCall.start(
                simulator, Map.of(), List.of("load", modelKey, "--yes", "--identifier=team-a", "--ttl=600"));
        await().until(() -> !simulator.loading().isEmpty());
        return process;
    }

    private List<String> summaries() {
        return simulator.instances().stream().map(SimulatedInstance::summary).toList();
    }

    private SimulatedInstance instance(String identifier) {
        return simulator.instances().stream()
                .filter(one -> one.identifier().equals(identifier))
                .findFirst()
                .orElseThrow();
    }

    private long lastUse(String identifier) {
        for (var one : simulator.state().path("instances")) {
            if (one.path("identifier").asText().equals(identifier)) {
                return one.path("lastUsedTime").asLong();
            }
        }
        return 0;
    }
}
