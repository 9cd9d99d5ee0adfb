package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The packaged operator as a process of its own. Its log is in {@code target/operator}. */
public final class OperatorProcess implements AutoCloseable {

    /** What makes its log text. Empty, it is left out, as in a cluster. */
    static final String JSON_LOG = "QUARKUS_LOG_JSON_CONSOLE_ENABLED";

    /** The system property that tells how its JVM is started: as the container image does, unless it is set. */
    static final String JVM_FLAGS = "operator.jvm";

    public static final String DEFAULT_JVM_FLAGS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms16m";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

    /**
     * Speaks as kubelets and Prometheus do: of what Java's client asks for by upgrading to HTTP/2, one answer in some
     * thousands is never complete.
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

    /** Starts it, and does not wait. The configuration is given as environment variables, as in a cluster. */
    public static OperatorProcess launch(Map<String, String> environment) {
        return launch(packaged(), environment);
    }

    /** The same, started by a command that takes the command to start as its last arguments, and becomes it. */
    static OperatorProcess launchBy(List<String> starter, Map<String, String> environment) {
        return launch(starter, packaged(), environment);
    }

    private static Path packaged() {
        return Path.of(System.getProperty("operator.jar", "target/quarkus-app/quarkus-run.jar"));
    }

    /** The same with a program that was packaged like it. */
    static OperatorProcess launch(Path jar, Map<String, String> environment) {
        return launch(List.of(), jar, environment);
    }

    private static OperatorProcess launch(List<String> starter, Path jar, Map<String, String> environment) {
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("There is no %s: start this with make, which builds it".formatted(jar));
        }
        try {
            Path folder = Files.createDirectories(Path.of("target", "operator"));
            Path log = Files.createTempFile(folder, "operator-", ".log");
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

    /** One that is started by a command which is not ours, as by a container runtime; health is told at that port. */
    public static OperatorProcess launch(List<String> command, int port) {
        try {
            Path folder = Files.createDirectories(Path.of("target", "operator"));
            Path log = Files.createTempFile(folder, "operator-", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new OperatorProcess(process, log, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How it is started by whoever gives it an environment of its own. */
    static List<String> command() {
        return command(Path.of(System.getProperty("operator.jar", "target/quarkus-app/quarkus-run.jar")));
    }

    private static List<String> command(Path jar) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(System.getProperty(JVM_FLAGS, DEFAULT_JVM_FLAGS).split(" ")));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    public OperatorProcess awaitReady() {
        eventually(
                "the operator is ready",
                PATIENCE,
                () -> get("/q/health/ready") + (process.isAlive() ? "" : log()),
                seen -> seen.startsWith("200"));
        return this;
    }

    /** Knows of its ManagedModels, whatever LM Studio does. */
    OperatorProcess awaitWatching() {
        eventually(
                "the operator watches ManagedModels",
                PATIENCE,
                () -> get("/q/health/ready").replaceAll("\\s", "") + (process.isAlive() ? "" : log()),
                seen -> seen.contains("\"TheAPIserverservesManagedModels\",\"status\":\"UP\"")
                        && seen.contains("\"Thisprocessistheagentofthenode\",\"status\":\"UP\""));
        return this;
    }

    /** Lives, and says why it is not ready. */
    void awaitNotReady(String why) {
        eventually(
                "the operator is not ready: " + why,
                PATIENCE,
                () -> get("/q/health/ready"),
                seen -> seen.startsWith("503") && seen.contains(why));
        assertThat(get("/q/health/live")).startsWith("200");
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Status code and body, or the reason why there is none. */
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

    /** Of the log, but for a line that is being written. */
    Stream<String> lines() {
        String log = log();
        return log.substring(0, log.lastIndexOf('\n') + 1).lines();
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

    long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** As {@code kill -9}: it cannot prepare for it. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** The same for every process that it started, as when its container is killed. */
    public void killWithChildren() {
        List<ProcessHandle> children = process.descendants().toList();
        kill();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    public int awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("The operator did not end. Its log:\n" + log());
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

    /** One that nobody listens on. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
