package dev.lmstudiooperator.simulator.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The files of an LM Studio home and of the front end, below one directory. */
public record Installation(Path directory) {

    public Path home() {
        return directory.resolve("home");
    }

    public Path internal() {
        return home().resolve(".lmstudio/.internal");
    }

    public Path lms() {
        return directory.resolve("bin/lms");
    }

    public Path journal() {
        return directory.resolve("journal.jsonl");
    }

    /** Returns the file that names the installation that the CLI can start. */
    public Path installLocation() {
        return internal().resolve("llmster-install-location.json");
    }

    /**
     * Creates the directories and the front end, which reads the port of the simulator from {@code simulator.json}. A
     * container that mounts only the directory of the front end finds the same file there.
     */
    public void create(int cliPort, byte[] frontEnd) throws IOException {
        Files.createDirectories(internal());
        Files.createDirectories(home().resolve(".lmstudio/models"));
        Files.createDirectories(lms().getParent());
        Files.write(lms(), frontEnd);
        Files.setPosixFilePermissions(lms(), PosixFilePermissions.fromString("rwxr-xr-x"));
        for (var file : List.of(directory.resolve("simulator.json"), lms().resolveSibling("simulator.json"))) {
            Files.writeString(file, "{\"cliPort\":" + cliPort + "}\n");
        }
    }

    public void writeDaemonFiles(int apiPort, String key) throws IOException {
        Files.writeString(internal().resolve("http-server.json"), "{\"port\":" + apiPort + "}");
        Files.writeString(internal().resolve("lms-key-2"), key);
    }

    public void writeServerConfig(int port, boolean jit) throws IOException {
        Files.writeString(
                serverConfig(),
                "{\"port\":%d,\"networkInterface\":\"127.0.0.1\",\"justInTimeModelLoading\":%b}".formatted(port, jit));
    }

    /** Returns whether the settings file of the server exists, that is, whether the server has been started before. */
    public boolean hasServerConfig() {
        return Files.exists(serverConfig());
    }

    public void deleteServerConfig() throws IOException {
        Files.deleteIfExists(serverConfig());
    }

    public void install() throws IOException {
        Files.writeString(installLocation(), "{\"path\":\"llmster\",\"argv\":[],\"cwd\":\"/\"}");
    }

    public void uninstall() throws IOException {
        Files.deleteIfExists(installLocation());
    }

    private Path serverConfig() {
        return internal().resolve("http-server-config.json");
    }
}
