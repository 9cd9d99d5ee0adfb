package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ClassArchive;
import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The packaged operator as a separate process. Its log is in {@code target/operator}. */
public final class OperatorProcess implements AutoCloseable {

    /** The variable that selects a text log. An empty value removes it, as in a cluster. */
    static final String JSON_LOG = "QUARKUS_LOG_JSON_CONSOLE_ENABLED";

    /** The system property with the flags of its JVM. Without it, the JVM starts as in the container image. */
    static final String JVM_FLAGS = "operator.jvm";

    public static final String DEFAULT_JVM_FLAGS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms16m";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

    /**
     * Uses HTTP/1.1, as kubelets and Prometheus do. With the upgrade to HTTP/2 that Java's client requests by default, one
     * response in some thousands never completes.
     */
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Process process;
    private final Path log;
    private final int port;

    private OperatorProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts the operator and does not wait. Environment variables hold the configuration, as in a cluster. */
    public static OperatorProcess launch(Map<String, String> environment) {
        return launch(packaged(), environment);
    }

    /**
     * As {@link #launch(Map)}, with a starter command. It takes the command of the operator as its last arguments, and
     * executes it in its own place.
     */
    static OperatorProcess launchBy(List<String> starter, Map<String, String> environment) {
        return launch(starter, packaged(), environment);
    }

    /** Returns the configuration of an operator that uses this LM Studio. The caller adds the rest. */
    public static Map<String, String> environmentFor(SimulatorProcess lmStudio) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LMSTUDIO_OPERATOR_LMS_PATH", lmStudio.lmsExecutable().toString());
        environment.put("LMSTUDIO_OPERATOR_LMS_HOME", lmStudio.home().toString());
        environment.put("LMSTUDIO_OPERATOR_HTTP_URL", lmStudio.httpUrl().toString());
        return environment;
    }

    /** Returns the jar that {@code make build} packages. */
    public static Path packaged() {
        return Path.of(System.getProperty("operator.jar", "target/quarkus-app/quarkus-run.jar"));
    }

    /** As {@link #launch(Map)}, with another jar that is packaged in the same way. */
    static OperatorProcess launch(Path jar, Map<String, String> environment) {
        return launch(List.of(), jar, environment);
    }

    private static OperatorProcess launch(List<String> starter, Path jar, Map<String, String> environment) {
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("Cannot find %s. Run this test with make, which builds it".formatted(jar));
        }
        try {
            Path log = newLog();
            int port = freePort();
            ProcessBuilder builder = new ProcessBuilder(Stream.concat(starter.stream(), command(jar).stream())
                            .toList())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().put(JSON_LOG, "false");
            builder.environment().putAll(environment);
            builder.environment().remove(JSON_LOG, "");
            builder.environment().put("QUARKUS_HTTP_PORT", String.valueOf(port));
            builder.environment().put("QUARKUS_HTTP_HOST", "127.0.0.1");
            return new OperatorProcess(builder.start(), log, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the operator through another command, for example a container runtime. The port serves the health endpoints.
     */
    public static OperatorProcess launch(List<String> command, int port) {
        try {
            Path log = newLog();
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new OperatorProcess(process, log, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newLog() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "operator"));
        return Files.createTempFile(folder, "operator-", ".log");
    }

    /** The start command, for tests that set the environment themselves. */
    static List<String> command() {
        return command(packaged());
    }

    private static List<String> command(Path jar) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(List.of(System.getProperty(JVM_FLAGS, DEFAULT_JVM_FLAGS).split(" ")));
        command.addAll(ClassArchive.flags(jar, archive -> archiveClasses(jar)));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static void archiveClasses(Path jar) throws IOException {
        Path script = Path.of("deploy", "archive-classes").toAbsolutePath();
        new Program(script, Map.of("JAVA", java()), Files.createTempDirectory("archive-classes-"))
                .run(requireNonNull(jar.getParent()).toString())
                .orThrow();
    }

    public OperatorProcess awaitReady() {
        eventually(
                "the operator is ready",
                PATIENCE,
                () -> get("/q/health/ready") + (process.isAlive() ? "" : log()),
                seen -> seen.startsWith("200"));
        return this;
    }

    /** Waits until the operator watches ManagedModels. This does not depend on LM Studio. */
    OperatorProcess awaitWatching() {
        eventually(
                "the operator watches ManagedModels",
                PATIENCE,
                () -> get("/q/health/ready").replaceAll("\\s", "") + (process.isAlive() ? "" : log()),
                seen -> seen.contains("\"TheAPIserverservesManagedModels\",\"status\":\"UP\"")
                        && seen.contains("\"Thisprocessistheagentofthenode\",\"status\":\"UP\""));
        return this;
    }

    /** Waits until the process is alive, but reports not ready for this reason. */
    void awaitNotReady(String why) {
        eventually(
                "the operator is not ready: " + why,
                PATIENCE,
                () -> get("/q/health/ready"),
                seen -> seen.startsWith("503") && seen.contains(why));
        assertThat(get("/q/health/live")).startsWith("200");
    }

    /** Waits until the agent has polled LM Studio for this number of seconds after another poll. */
    void awaitPolls(double since, int seconds) {
        eventually("the agent polls for %d s".formatted(seconds), this::lastPoll, last -> last >= since + seconds);
    }

    /** The time of the last poll of LM Studio according to the metrics, in seconds since 1970; 0 if there was none. */
    double lastPoll() {
        return get("/q/metrics")
                .lines()
                .filter(line -> line.startsWith("lms_last_poll_timestamp_seconds"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Status code and body, or the reason why there is no response. */
    public String get(String path) {
        try {
            var response = CLIENT.sendAsync(
                            HttpRequest.newBuilder(address(path)).build(), BodyHandlers.ofString())
                    .get(LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            return response.statusCode() + " " + response.body();
        } catch (ExecutionException | TimeoutException e) {
            return "no answer: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    URI address(String path) {
        return URI.create("http://" + address() + path);
    }

    /** The lines of the log, without a line that is still being written. */
    Stream<String> lines() {
        return completeLines().lines();
    }

    /** The lines of the log that contain all of these texts. */
    List<String> linesWith(String... texts) {
        return lines().filter(line -> Stream.of(texts).allMatch(line::contains)).toList();
    }

    /** Waits until the log contains all of these texts. */
    public void awaitLog(String... texts) {
        eventually("the log contains " + List.of(texts), PATIENCE, this::completeLines, log -> Stream.of(texts)
                .allMatch(log::contains));
    }

    private String completeLines() {
        String log = log();
        return log.substring(0, log.lastIndexOf('\n') + 1);
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path logFile() {
        return log;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills the process like {@code kill -9}, so that it cannot shut down gracefully. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Kills the process and all its child processes, as when its container is killed. */
    public void killWithChildren() {
        List<ProcessHandle> children = process.descendants().toList();
        kill();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    public int awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("The operator process did not exit. Its log:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        awaitEnd();
    }

    /** A port that no process listens on. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
