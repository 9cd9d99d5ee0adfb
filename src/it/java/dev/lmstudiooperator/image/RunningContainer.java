package dev.lmstudiooperator.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.operator.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A container of the image that runc runs. */
final class RunningContainer implements AutoCloseable {

    private final Program runc;
    private final Path states;
    private final String id;
    private final OperatorProcess operator;

    private RunningContainer(Path folder, String id, OperatorProcess operator) {
        this.runc = UnpackedImage.program("runc", folder);
        this.states = states(folder);
        this.id = id;
        this.operator = operator;
    }

    /** Starts the container without waiting for it. Each container has its own directory. */
    static RunningContainer launch(Path folder, ObjectNode configuration, int port) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("config.json"), configuration.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The ID is also the name of the control group.
        String id = "lmstudio-operator-" + UUID.randomUUID();
        List<String> command =
                List.of("runc", "--root", states(folder).toString(), "run", "--bundle", folder.toString(), id);
        return new RunningContainer(folder, id, OperatorProcess.launch(command, port));
    }

    private static Path states(Path folder) {
        return folder.resolve("runc");
    }

    OperatorProcess operator() {
        return operator;
    }

    /** Reads a file of {@code /proc} for the first process of the container. */
    List<String> kernelSays(String file) {
        try {
            return Files.readAllLines(process().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lists the files in a directory of the container. */
    List<String> list(String path) {
        try (Stream<Path> files = Files.list(process().resolve("root" + path))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path process() {
        String state = runc.run("--root", states.toString(), "state", id).orThrow();
        return Path.of("/proc", UnpackedImage.json(state).path("pid").asText());
    }

    @Override
    public void close() {
        try {
            operator.close();
        } finally {
            runc.run("--root", states.toString(), "delete", "--force", id);
        }
    }
}
