package dev.lmstudiooperator.simulator.control;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.Daemon;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import dev.lmstudiooperator.simulator.state.LoadRequest;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** The operations that tests perform on the simulated LM Studio. Each returns its result. */
public final class ControlOperations {

    private static final TypeReference<List<Model>> MODELS = new TypeReference<>() {};

    private final LmStudio lmStudio;
    private final Daemon daemon;
    private final List<Model> initialModels;

    public ControlOperations(LmStudio lmStudio, Daemon daemon, List<Model> initialModels) {
        this.lmStudio = lmStudio;
        this.daemon = daemon;
        this.initialModels = initialModels;
    }

    ObjectNode state() {
        var state = Json.object()
                .put("now", lmStudio.clock().instant().toString())
                .put("offsetSeconds", lmStudio.clock().offset().toSeconds())
                .put("daemon", daemon.state().name().toLowerCase(Locale.ROOT))
                .put("serverRunning", daemon.http().isOpen())
                .put("httpPort", daemon.http().number())
                .put("apiPort", daemon.apiPort());
        state.set("settings", Json.MAPPER.valueToTree(lmStudio.settings()));
        var models = state.putArray("models");
        lmStudio.modelStore().all().forEach(model -> models.add(model.modelKey()));
        var instances = state.putArray("instances");
        lmStudio.memory().loaded().forEach(instance -> instances.add(InstanceJson.describe(instance)));
        var loading = state.putArray("loading");
        lmStudio.memory().loading().forEach(instance -> loading.add(InstanceJson.describe(instance)));
        state.set("faults", Json.MAPPER.valueToTree(lmStudio.faults().active()));
        return state;
    }

    List<ObjectNode> journal(long since) {
        return lmStudio.journal().since(since);
    }

    ObjectNode advanceClock(double seconds) {
        lmStudio.clock().advance(Duration.ofMillis(Math.round(seconds * 1000)));
        lmStudio.memory().expire();
        return Json.object().put("now", lmStudio.clock().instant().toString());
    }

    /** Adds a list of models. {@code {"replace":true,"models":[…]}} removes all others. */
    ObjectNode putModels(JsonNode body) throws IOException {
        var list = body.has("models")
                ? body.path("models")
                : body.isArray() ? body : Json.MAPPER.createArrayNode().add(body);
        var models = Json.MAPPER.readValue(Json.MAPPER.treeAsTokens(list), MODELS);
        if (body.path("replace").asBoolean()) {
            lmStudio.modelStore().replaceAll(models);
        } else {
            lmStudio.modelStore().put(models);
        }
        return Json.object().put("models", lmStudio.modelStore().all().size());
    }

    ObjectNode removeModel(String modelKey) {
        return Json.object().put("removed", lmStudio.modelStore().remove(modelKey));
    }

    ObjectNode evict(JsonNode body) {
        var evicted = lmStudio.memory().removeAll(matches(body));
        evicted.forEach(instance -> lmStudio.journal().recordEvent("evicted " + instance.summary()));
        lmStudio.clock().signal();
        return Json.object().put("evicted", evicted.size());
    }

    ObjectNode addInstance(JsonNode body) throws ServerError.RefusedException {
        var key = body.path("modelKey").asText();
        var device = Json.text(body, "deviceIdentifier");
        var model = lmStudio.modelStore().all().stream()
                .filter(candidate -> candidate.modelKey().equals(key)
                        && (device == null || device.equals(candidate.deviceIdentifier())))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no model " + key + (device == null ? "" : " on device " + device)));
        var request = new LoadRequest(
                model,
                Json.text(body, "identifier"),
                Json.real(body, "ttlMs"),
                Json.whole(body, "contextLength"),
                Json.whole(body, "parallel"),
                body.path("jit").asBoolean(),
                0);
        var instance = lmStudio.memory().add(request);
        lmStudio.journal().recordEvent("loaded by another client " + instance.summary());
        change(instance, body);
        return InstanceJson.describe(instance);
    }

    ObjectNode changeInstance(JsonNode body) {
        var instance = find(matches(body))
                .orElseThrow(() -> new IllegalArgumentException(
                        "no instance " + body.path("identifier").asText()));
        change(instance, body);
        return find(changed -> changed.reference() == instance.reference())
                .map(InstanceJson::describe)
                .orElseGet(Json::object);
    }

    /** Returns the matching instance, and prefers the one on this machine. */
    private Optional<Instance> find(Predicate<Instance> filter) {
        return lmStudio.memory().loaded().stream().filter(filter).min(Comparator.comparing(instance -> !instance.model()
                .isLocal()));
    }

    /** Matches by identifier, and by {@code deviceIdentifier} if present; null means this machine. */
    private static Predicate<Instance> matches(JsonNode body) {
        var identifier = body.path("identifier").asText();
        var device = Json.text(body, "deviceIdentifier");
        return instance -> instance.identifier().equals(identifier)
                && (!body.has("deviceIdentifier")
                        || Objects.equals(device, instance.model().deviceIdentifier()));
    }

    private void change(Instance instance, JsonNode body) {
        lmStudio.memory().change(instance.reference(), before -> InstanceJson.patched(before, body));
    }

    ObjectNode addFault(JsonNode body) throws IOException {
        var kind = Json.MAPPER.treeToValue(body.path("kind"), FaultKind.class);
        var fault = lmStudio.faults()
                .add(body.path("on").asText("any"), kind, body.path("times").asInt(0), body);
        return Json.object().put("id", fault.id());
    }

    ObjectNode revokeFault(long id) {
        return Json.object().put("revoked", lmStudio.faults().revoke(id));
    }

    ObjectNode revokeAllFaults() {
        lmStudio.faults().revokeAll();
        return Json.object();
    }

    /** {@code state}: running, down or frozen; {@code installed}: whether the CLI can start the daemon. */
    ObjectNode setDaemon(JsonNode body) throws IOException {
        if (body.has("installed")) {
            if (body.path("installed").asBoolean()) {
                lmStudio.files().install();
            } else {
                lmStudio.files().uninstall();
            }
        }
        if (body.has("state")) {
            switch (Daemon.State.valueOf(body.path("state").asText().toUpperCase(Locale.ROOT))) {
                case RUNNING -> daemon.start();
                case DOWN -> daemon.stop();
                case FROZEN -> daemon.freeze();
            }
        }
        return state();
    }

    /** {@code running}; {@code forget}: resets the server to never started. */
    ObjectNode setServer(JsonNode body) throws IOException {
        if (body.path("running").asBoolean()) {
            daemon.openServer(body.path("port").asInt(0));
        } else {
            daemon.http().close();
        }
        if (body.path("forget").asBoolean()) {
            lmStudio.files().deleteServerConfig();
        }
        return state();
    }

    ObjectNode changeSettings(JsonNode body) throws IOException {
        lmStudio.changeSettings(body);
        daemon.saveServerConfig();
        return state();
    }

    /** Restores the initial state: daemon and server running, nothing loaded, the journal empty. */
    ObjectNode reset() throws IOException {
        lmStudio.faults().revokeAll();
        lmStudio.resetSettings();
        lmStudio.loads().cancelAll();
        lmStudio.memory().removeAll(instance -> true);
        lmStudio.downloads().reset();
        lmStudio.clock().reset();
        lmStudio.modelStore().replaceAll(initialModels);
        lmStudio.files().uninstall();
        Files.deleteIfExists(lmStudio.files().internal().resolve("cli-pref.json"));
        daemon.start();
        daemon.openServer(0);
        lmStudio.journal().clear();
        return state();
    }
}
