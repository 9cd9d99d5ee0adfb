package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.lmstudiooperator.simulator.cli.CliServer;
import dev.lmstudiooperator.simulator.control.ControlApi;
import dev.lmstudiooperator.simulator.control.ControlOperations;
import dev.lmstudiooperator.simulator.http.HttpPort;
import dev.lmstudiooperator.simulator.http.ServerApi;
import dev.lmstudiooperator.simulator.http.StatusApi;
import dev.lmstudiooperator.simulator.state.Daemon;
import dev.lmstudiooperator.simulator.state.Installation;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Starts the simulator and prints its addresses to standard output, as one line of JSON. */
public final class Simulator {

    private static final int EXPIRY_INTERVAL_MILLIS = 100;

    private Simulator() {}

    public static void main(String[] words) throws IOException {
        Arguments arguments;
        try {
            arguments = Arguments.parse(words);
        } catch (IllegalArgumentException e) {
            System.err.println("lmstudio-simulator: " + e.getMessage());
            System.exit(2);
            return;
        }
        start(arguments);
        if (arguments.exitsWithParent()) {
            exitWithParent();
        }
    }

    private static void start(Arguments arguments) throws IOException {
        var files = new Installation(arguments.directory());
        Files.createDirectories(files.directory());
        var settings = Settings.defaults();
        if (arguments.memoryBytes().isPresent()) {
            settings = settings.patched(
                    Json.object().put("memoryBytes", arguments.memoryBytes().get()));
        }
        var lmStudio = new LmStudio(files, settings);
        var models = models(arguments);
        lmStudio.modelStore().replaceAll(models);

        // The handlers of the ports need the daemon, and the daemon opens the ports.
        var daemonReference = new AtomicReference<Daemon>();
        Supplier<Daemon> daemonSupplier = () -> Objects.requireNonNull(daemonReference.get());
        var api = new HttpPort(arguments.port("--api-port"), new StatusApi(lmStudio, daemonSupplier));
        var http = new HttpPort(
                arguments.httpAddress(), arguments.port("--http-port"), new ServerApi(lmStudio, daemonSupplier));
        var daemon = lmStudio.daemon(api, http);
        daemonReference.set(daemon);
        var operations = new ControlOperations(lmStudio, daemon, models);
        var control = new HttpPort(arguments.port("--control-port"), new ControlApi(operations));
        var cliServer = new CliServer(lmStudio, daemon);

        files.create(cliServer.port(), frontEnd(arguments));
        daemon.start();
        daemon.openServer(0);
        control.open(0);
        cliServer.open();
        expireRegularly(lmStudio);
        System.out.println(Json.write(Json.object()
                .put("ready", true)
                .put("httpPort", http.number())
                .put("apiPort", api.number())
                .put("controlPort", control.number())
                .put("lms", files.lms().toString())
                .put("home", files.home().toString())));
    }

    private static byte[] frontEnd(Arguments arguments) throws IOException {
        if (arguments.frontEnd().isPresent()) {
            return Files.readAllBytes(arguments.frontEnd().get());
        }
        try (var script = Simulator.class.getResourceAsStream("lms")) {
            return Objects.requireNonNull(script).readAllBytes();
        }
    }

    private static void exitWithParent() {
        ProcessHandle.current().parent().ifPresent(parent -> {
            var unused = parent.onExit().thenRun(() -> System.exit(0));
        });
    }

    private static List<Model> models(Arguments arguments) throws IOException {
        var type = new TypeReference<List<Model>>() {};
        if (arguments.models().isPresent()) {
            return Json.MAPPER.readValue(Files.readAllBytes(arguments.models().get()), type);
        }
        try (var defaults = Simulator.class.getResourceAsStream("default-models.json")) {
            return Json.MAPPER.readValue(Objects.requireNonNull(defaults), type);
        }
    }

    private static void expireRegularly(LmStudio lmStudio) {
        var unused = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().factory())
                .scheduleWithFixedDelay(
                        lmStudio.memory()::expire,
                        EXPIRY_INTERVAL_MILLIS,
                        EXPIRY_INTERVAL_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
