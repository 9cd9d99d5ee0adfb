package dev.lmstudiooperator.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Runs one conformance case: prepares the state, makes the call, compares the result. */
final class ConformanceRun {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SimulatorProcess simulator;
    private final ConformanceCase serverInfo;
    private final Path directory;

    ConformanceRun(SimulatorProcess simulator, ConformanceCase serverInfo, Path directory) {
        this.simulator = simulator;
        this.serverInfo = serverInfo;
        this.directory = directory;
    }

    void check() throws IOException {
        simulator.reset();
        for (var action : Objects.requireNonNullElse(serverInfo.given(), List.<Map<String, JsonNode>>of())) {
            for (var setting : action.entrySet()) {
                give(setting.getKey(), setting.getValue());
            }
        }
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var words = placeholders(taken.getLocalPort());
            var call = new RunningCall(simulator, serverInfo, words, directory);
            try {
                follow(call);
                call.compareOutput();
                compareState(words);
            } finally {
                call.kill();
            }
        }
    }

    private void give(String what, JsonNode value) throws IOException {
        switch (what) {
            case "preferences" ->
                Files.writeString(simulator.home().resolve(".lmstudio/.internal/cli-pref.json"), value.asText());
            case "manyModels" ->
                simulator.replaceModels(IntStream.range(0, value.asInt())
                        .mapToObj(number -> "model-" + number)
                        .toList());
            case "load" -> {
                simulator.setLoadTime(Duration.ofMinutes(1));
                LmsCall.start(simulator, Map.of(), List.of("load", value.asText(), "--yes"));
                await().atMost(PATIENCE).until(() -> !simulator.loading().isEmpty());
            }
            default -> simulator.control(what, value);
        }
    }

    private void follow(RunningCall call) {
        if (serverInfo.waitsFor() != null) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(call.entry().waitsFor()).contains(serverInfo.waitsFor()));
        }
        if (serverInfo.send() != null) {
            await().atMost(PATIENCE).until(call::isUnderWay);
            call.signal(serverInfo.send());
        }
        if (serverInfo.stillRunning()) {
            await().atMost(PATIENCE).until(call::isUnderWay);
            assertThat(call.isAlive()).isTrue();
        } else if (serverInfo.survives()) {
            call.expectNoEffectOfTheSignal();
        } else if (!serverInfo.neverEnds()) {
            call.expectEnd(PATIENCE);
        }
    }

    private void compareState(Map<String, String> words) {
        var seconds = serverInfo.thenAdvanceSeconds();
        if (seconds != null) {
            await().atMost(PATIENCE)
                    .until(() -> simulator.journal().calls().getLast().isFinished());
            simulator.advanceClock(Duration.ofSeconds(seconds));
            await().atMost(PATIENCE).until(() -> simulator.loading().isEmpty());
        }
        if (serverInfo.loaded() != null) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(simulator.instances().stream()
                            .map(SimulatedInstance::summary)
                            .toList())
                    .containsExactlyInAnyOrderElementsOf(serverInfo.loaded()));
        }
        if (serverInfo.effects() != null) {
            var effects = serverInfo.effects().stream()
                    .map(effect -> fill(effect, words))
                    .toList();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(simulator.journal().effects()).containsAll(effects));
        }
    }

    private Map<String, String> placeholders(int takenPort) throws IOException {
        var state = simulator.state();
        var words = new HashMap<String, String>();
        var empty = Files.createDirectories(directory.resolve("empty-home"));
        words.put("{home}", simulator.home().toString());
        words.put("{emptyHome}", empty.toString());
        words.put("{httpPort}", state.path("httpPort").asText());
        words.put("{apiPort}", state.path("apiPort").asText());
        words.put("{takenPort}", Integer.toString(takenPort));
        words.put("{pid}", Long.toString(simulator.pid()));
        return words;
    }

    static String fill(String text, Map<String, String> words) {
        var filled = text;
        for (var word : words.entrySet()) {
            filled = filled.replace(word.getKey(), word.getValue());
        }
        return filled;
    }

    static boolean isJson(byte[] bytes) {
        try {
            new ObjectMapper().readTree(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
