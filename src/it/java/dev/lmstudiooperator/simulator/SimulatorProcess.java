package dev.lmstudiooperator.simulator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.controlplane.ClassArchive;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
 * <p>All methods except {@link #lms} use the control endpoint. They leave only their effects in the journal.
 */
public final class SimulatorProcess implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path JAR = Path.of("target", "simulator", "lmstudio-simulator.jar");
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

    /**
     * Starts the packaged simulator on free ports and waits until it is ready. It ends at the latest with this process.
     */
    public static SimulatorProcess start(Path directory, String... options) {
        return start(ClassArchive.flags(JAR, SimulatorProcess::archiveClasses), directory, List.of(options));
    }

    private static void archiveClasses(Path archive) throws IOException {
        Path directory = Files.createTempDirectory("simulator-");
        start(List.of("-XX:ArchiveClassesAtExit=" + archive), directory, List.of())
                .close();
    }

    private static SimulatorProcess start(List<String> flags, Path directory, List<String> options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(flags);
        command.addAll(List.of("-jar", JAR.toString(), "--exit-with-parent", "--directory", directory.toString()));
        command.addAll(options);
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            var line = out.readLine();
            if (line == null) {
                throw new IllegalStateException(
                        "The simulator, which make build packages, ended without output: " + command);
            }
            return new SimulatorProcess(process, MAPPER.readTree(line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the executable that acts as the command line of LM Studio. */
    public Path lmsExecutable() {
        return Path.of(ready.path("lms").asText());
    }

    /** Returns the HOME of LM Studio, for processes that call {@link #lmsExecutable()}. */
    public Path home() {
        return Path.of(ready.path("home").asText());
    }

    /** Returns the file for {@code LMS_API_SERVER_INFO_PATH}, which makes a call strict. */
    public Path serverInfoFile() {
        return home().resolve(".lmstudio/.internal/http-server.json");
    }

    /** Returns the address of the HTTP server, whether or not it is running. */
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

    /** Calls {@code lms} with additional environment variables. */
    public LmsCall lms(Map<String, String> environment, String... arguments) {
        return LmsCall.run(this, environment, List.of(arguments));
    }

    // --- Time ------------------------------------------------------------------------------------------------

    /** Moves the simulator's clock. All instances that expire by then are gone when this method returns. */
    public void advanceClock(Duration by) {
        control.post("clock/advance", object().put("seconds", by.toMillis() / 1e3));
    }

    // --- Models and instances --------------------------------------------------------------------------------

    /** Adds a downloaded model with default properties. */
    public void addModel(String modelKey) {
        addModel(object().put("modelKey", modelKey));
    }

    /**
     * Adds or replaces a downloaded model. The fields are those of {@code lms ls --json}. All except the key are
     * optional.
     */
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

    /** Returns the loaded instances, independent of faults. */
    public List<SimulatedInstance> instances() {
        return SimulatedInstance.list(state().path("instances"));
    }

    /** Returns the identifiers of the loaded instances. */
    public List<String> identifiers() {
        return instances().stream().map(SimulatedInstance::identifier).toList();
    }

    /** Returns the loads in progress. */
    public List<SimulatedInstance> loading() {
        return SimulatedInstance.list(state().path("loading"));
    }

    /** Adds an instance as if another client had loaded it. The load takes no time. */
    public void placeInstance(String modelKey, String identifier) {
        placeInstance(object().put("modelKey", modelKey).put("identifier", identifier));
    }

    /** Adds an instance with a TTL, as the agent loads it. */
    public void placeInstance(String modelKey, String identifier, Duration ttl) {
        placeInstance(
                object().put("modelKey", modelKey).put("identifier", identifier).put("ttlMs", ttl.toMillis()));
    }

    /** Adds an instance on a linked device that has the model. */
    public void placeInstanceOn(String deviceIdentifier, String modelKey, String identifier) {
        placeInstance(object().put("deviceIdentifier", deviceIdentifier)
                .put("modelKey", modelKey)
                .put("identifier", identifier));
    }

    /**
     * Adds an instance with more fields: ttlMs, contextLength, parallel, jit, status, queued, engineDead, stuck,
     * deviceIdentifier.
     */
    public void placeInstance(ObjectNode instance) {
        control.post("instances", instance);
    }

    /** Unloads an instance as another client. */
    public void evict(String identifier) {
        control.post("evict", object().put("identifier", identifier));
    }

    /** Unloads an instance on one device only. */
    public void evict(String identifier, String deviceIdentifier) {
        control.post("evict", object().put("identifier", identifier).put("deviceIdentifier", deviceIdentifier));
    }

    /** Makes an instance report this activity; {@code idle} with 0 resets it. */
    public void setActivity(String identifier, String status, int queued) {
        changeInstance(identifier, object().put("status", status).put("queued", queued));
    }

    /** Stops the engine of an instance. The instance stays listed, and every request fails. */
    public void killEngine(String identifier) {
        changeInstance(identifier, object().put("engineDead", true));
    }

    /** Makes requests to an instance start and never end. With false the instance is idle and answers new requests. */
    public void setStuck(String identifier, boolean stuck) {
        changeInstance(identifier, object().put("stuck", stuck));
    }

    /**
     * Changes fields of an instance in place. With the same identifier on several devices, changes the one on this
     * machine unless deviceIdentifier is set.
     */
    public void changeInstance(String identifier, ObjectNode changes) {
        control.patch("instances", changes.put("identifier", identifier));
    }

    // --- Faults, daemon, server, settings --------------------------------------------------------------------

    /** Enables a fault, for example {@code Fault.on("ps", "hang").once()}. */
    public long fault(Fault fault) {
        return control.post("faults", fault.json()).path("id").asLong();
    }

    /** Revokes a fault, and returns whether it was still enabled. */
    public boolean revoke(long faultId) {
        return control.delete("faults/" + faultId).path("revoked").asBoolean();
    }

    public void revokeFaults() {
        control.delete("faults");
    }

    /** Ends the process of the daemon. All instances leave the memory. */
    public void stopDaemon() {
        control.post("daemon", object().put("state", "down"));
    }

    public void startDaemon() {
        control.post("daemon", object().put("state", "running"));
    }

    /** Makes the daemon accept connections without answering. */
    public void freezeDaemon() {
        control.post("daemon", object().put("state", "frozen"));
    }

    /**
     * Sets whether {@code lms} finds an installation that it can start when the daemon is down. The default is false.
     */
    public void setInstalled(boolean installed) {
        control.post("daemon", object().put("installed", installed));
    }

    public void startServer() {
        control.post("server", object().put("running", true));
    }

    /** Starts LM Studio as a user does: the daemon and its HTTP server. */
    public void startDaemonAndServer() {
        startDaemon();
        startServer();
    }

    /** Closes the HTTP port, so that it refuses connections. */
    public void stopServer() {
        control.post("server", object().put("running", false));
    }

    /** Changes one setting, by its name in {@code GET /control/state}. */
    public void set(String setting, Object value) {
        control.post("settings", MAPPER.valueToTree(Map.of(setting, value)));
    }

    /** Sets the duration of each load whose model has no duration of its own, in simulated time. */
    public void setLoadTime(Duration time) {
        set("loadMillis", time.toMillis());
    }

    /** Sends a control request that has no method in this class. */
    public JsonNode control(String name, JsonNode body) {
        return control.post(name, body);
    }

    /** Restores the initial state. The journal in memory is empty. */
    public void reset() {
        control.post("reset", object());
    }

    // --- Verification ----------------------------------------------------------------------------------------

    /** Returns all calls, loads and other effects so far. */
    public Journal journal() {
        return journal(0);
    }

    /** Returns the entries after the entry with this number. */
    public Journal journal(long since) {
        return Journal.of(control.get("journal?since=" + since));
    }

    /** Waits until one load is in progress. */
    public void awaitLoading() {
        eventually("a load runs", this::loading, loads -> loads.size() == 1);
    }

    /** Waits until a call with this command hangs. */
    public void awaitHanging(String command) {
        eventually("lms %s hangs".formatted(command), () -> journal().calls(command), calls -> calls.stream()
                .anyMatch(call -> call.waitsFor().isPresent()));
    }

    /** Waits until {@code lms} was called this many more times with this command. */
    public void awaitCalls(String command, int more) {
        int before = journal().calls(command).size();
        eventually(
                "lms %s is called %d more times".formatted(command, more),
                () -> journal().calls(command).size() - before,
                calls -> calls >= more);
    }

    /** Waits until the HTTP server got this many more requests. */
    public void awaitRequests(int more) {
        int before = journal().http().size();
        eventually(
                "the HTTP server gets %d more requests".formatted(more),
                () -> journal().http().size() - before,
                requests -> requests >= more);
    }

    /** Returns the complete state from the control endpoint. */
    public JsonNode state() {
        return control.get("state");
    }

    /** Returns an empty JSON object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Kills the whole LM Studio. Later calls of {@code lms} find no server. */
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
