package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A running LM Studio simulator, for tests and demos.
 *
 * <pre>{@code
 * try (var simulator = SimulatorProcess.start(temporaryDirectory)) {
 *     simulator.lms("load", "qwen3-4b", "--yes", "--local", "--identifier=team-a", "--ttl", "600");
 *     simulator.advanceClock(Duration.ofMinutes(11));
 *     assertThat(simulator.instances()).isEmpty();
 * }
 * }</pre>
 *
 * <p>Everything but {@link #lms} goes through the control endpoint, and leaves no trace in the journal but its effects.
 */
public final class SimulatorProcess implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Control control;
    private final JsonNode ready;

    private SimulatorProcess(Process process, JsonNode ready) {
        this.process = process;
        this.ready = ready;
        this.control = new Control(
                URI.create("http://127.0.0.1:" + ready.path("controlPort").asInt() + "/control/"));
    }

    /** Starts the packaged simulator on free ports and waits until it is ready. It ends with this process at the latest. */
    public static SimulatorProcess start(Path directory, String... options) {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar().toString(),
                "--exit-with-parent",
                "--directory",
                directory.toString()));
        command.addAll(List.of(options));
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            var line = out.readLine();
            if (line == null) {
                throw new IllegalStateException("the simulator ended without a word: " + command);
            }
            return new SimulatorProcess(process, MAPPER.readTree(line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jar() {
        return Path.of(System.getProperty("simulator.jar", "target/simulator/lmstudio-simulator.jar"));
    }

    /** The executable that stands for LM Studio's command line. */
    public Path lmsExecutable() {
        return Path.of(ready.path("lms").asText());
    }

    /** The HOME of LM Studio, to be given to whoever calls {@link #lmsExecutable()}. */
    public Path home() {
        return Path.of(ready.path("home").asText());
    }

    /** The file that makes a call strict: {@code LMS_API_SERVER_INFO_PATH}. */
    public Path serverInfoFile() {
        return home().resolve(".lmstudio/.internal/http-server.json");
    }

    /** Where the HTTP server listens, or would. */
    public URI httpUrl() {
        return URI.create("http://127.0.0.1:" + state().path("httpPort").asInt());
    }

    public URI controlUrl() {
        return control.base();
    }

    public long pid() {
        return process.pid();
    }

    // --- Calls -----------------------------------------------------------------------------------------------

    /** Calls {@code lms} and waits for its end. */
    public LmsCall lms(String... arguments) {
        return lms(Map.of(), arguments);
    }

    /** The same with more environment. */
    public LmsCall lms(Map<String, String> environment, String... arguments) {
        return LmsCall.run(this, environment, List.of(arguments));
    }

    // --- Time ------------------------------------------------------------------------------------------------

    /** Moves the simulator's clock; what has expired by then is gone when this returns. */
    public void advanceClock(Duration by) {
        control.post("clock/advance", object().put("seconds", by.toMillis() / 1e3));
    }

    // --- Models and instances --------------------------------------------------------------------------------

    /** Adds a downloaded model that has only a name of its own. */
    public void addModel(String modelKey) {
        addModel(object().put("modelKey", modelKey));
    }

    /** Adds or replaces a downloaded model; fields as in {@code lms ls --json}, all but the key optional. */
    public void addModel(ObjectNode model) {
        control.post("models", model);
    }

    /** Replaces all downloaded models by models with these keys. */
    public void replaceModels(List<String> modelKeys) {
        var body = object().put("replace", true);
        var models = body.putArray("models");
        modelKeys.forEach(key -> models.addObject().put("modelKey", key));
        control.post("models", body);
    }

    public void removeModel(String modelKey) {
        control.delete("models/" + modelKey);
    }

    /** What is loaded, whatever the faults. */
    public List<SimulatedInstance> instances() {
        return SimulatedInstance.list(state().path("instances"));
    }

    /** Loads under way. */
    public List<SimulatedInstance> loading() {
        return SimulatedInstance.list(state().path("loading"));
    }

    /** A load by somebody else, done at once. */
    public void placeInstance(String modelKey, String identifier) {
        placeInstance(object().put("modelKey", modelKey).put("identifier", identifier));
    }

    /** The same on a linked device that has the model. */
    public void placeInstanceOn(String deviceIdentifier, String modelKey, String identifier) {
        placeInstance(object().put("deviceIdentifier", deviceIdentifier)
                .put("modelKey", modelKey)
                .put("identifier", identifier));
    }

    /** The same with more fields: ttlMs, contextLength, parallel, jit, status, queued, engineDead, stuck, deviceIdentifier. */
    public void placeInstance(ObjectNode instance) {
        control.post("instances", instance);
    }

    /** Unloads an instance behind everybody's back. */
    public void evict(String identifier) {
        control.post("evict", object().put("identifier", identifier));
    }

    /** The same on one device only. */
    public void evict(String identifier, String deviceIdentifier) {
        control.post("evict", object().put("identifier", identifier).put("deviceIdentifier", deviceIdentifier));
    }

    /** Makes an instance look busy; {@code idle} with 0 ends that. */
    public void setActivity(String identifier, String status, int queued) {
        changeInstance(identifier, object().put("status", status).put("queued", queued));
    }

    /** Lets the engine of an instance die: it stays listed, and every request fails. */
    public void killEngine(String identifier) {
        changeInstance(identifier, object().put("engineDead", true));
    }

    /** Lets requests to an instance begin and never end; false: it is idle, and answers new requests. */
    public void setStuck(String identifier, boolean stuck) {
        changeInstance(identifier, object().put("stuck", stuck));
    }

    /**
     * Changes fields of an instance in its place; of several devices' the one on this machine, unless
     * deviceIdentifier is given.
     */
    public void changeInstance(String identifier, ObjectNode changes) {
        control.patch("instances", changes.put("identifier", identifier));
    }

    // --- Faults, daemon, server, settings --------------------------------------------------------------------

    /** Switches a fault on, for example {@code Fault.on("ps", "hang").once()}. */
    public long fault(Fault fault) {
        return control.post("faults", fault.json()).path("id").asLong();
    }

    /** Whether it was still switched on. */
    public boolean revoke(long faultId) {
        return control.delete("faults/" + faultId).path("revoked").asBoolean();
    }

    public void revokeFaults() {
        control.delete("faults");
    }

    /** The daemon's process ends; nothing stays in memory. */
    public void stopDaemon() {
        control.post("daemon", object().put("state", "down"));
    }

    public void startDaemon() {
        control.post("daemon", object().put("state", "running"));
    }

    /** The daemon accepts connections and answers none. */
    public void freezeDaemon() {
        control.post("daemon", object().put("state", "frozen"));
    }

    /** Whether {@code lms} finds something that it could start when the daemon is down; at first it does not. */
    public void setInstalled(boolean installed) {
        control.post("daemon", object().put("installed", installed));
    }

    public void startServer() {
        control.post("server", object().put("running", true));
    }

    /** The HTTP port refuses connections from now on. */
    public void stopServer() {
        control.post("server", object().put("running", false));
    }

    /** Changes one setting, by its name in {@code GET /control/state}. */
    public void set(String setting, Object value) {
        control.post("settings", MAPPER.valueToTree(Map.of(setting, value)));
    }

    /** Duration of each load that has none of its own, in the simulator's time. */
    public void setLoadTime(Duration time) {
        set("loadMillis", time.toMillis());
    }

    /** Posts to a control by its name, for what has no method here. */
    public JsonNode control(String name, JsonNode body) {
        return control.post(name, body);
    }

    /** Back to the state after the start, the journal in memory empty. */
    public void reset() {
        control.post("reset", object());
    }

    // --- Judges ----------------------------------------------------------------------------------------------

    /** All calls, loads and other happenings so far. */
    public Journal journal() {
        return journal(0);
    }

    /** Those after the entry with that number. */
    public Journal journal(long since) {
        return Journal.of(control.get("journal?since=" + since));
    }

    /** Everything the control endpoint tells. */
    public JsonNode state() {
        return control.get("state");
    }

    /** An empty JSON object to be filled. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Kills the whole LM Studio; calls of {@code lms} find nobody from then on. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "simulator " + Objects.toString(ready);
    }
}
