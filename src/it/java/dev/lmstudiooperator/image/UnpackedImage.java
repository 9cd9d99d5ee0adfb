package dev.lmstudiooperator.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.controlplane.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The image as a container runtime uses it: the files and the configuration. */
record UnpackedImage(Path folder) {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path ARCHIVE = Path.of("target", "image", "lmstudio-operator.tar");

    static UnpackedImage into(Path folder) {
        program("skopeo", folder)
                .run("--insecure-policy", "copy", "docker-archive:" + ARCHIVE, "oci:" + folder.resolve("layout:image"))
                .orThrow();
        program("umoci", folder)
                .run("unpack", "--image", folder.resolve("layout:image").toString(), "" + folder.resolve("bundle"))
                .orThrow();
        return new UnpackedImage(folder.resolve("bundle"));
    }

    Path files() {
        return folder.resolve("rootfs");
    }

    /** Returns the configuration in the format of the OCI runtime specification. */
    ObjectNode runtimeConfiguration() {
        return (ObjectNode) json(read(folder.resolve("config.json")));
    }

    /** Returns the command of the first process. */
    List<String> command() {
        return StreamSupport.stream(runtimeConfiguration().at("/process/args").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** Lists all files below a directory of {@code /app}, as the programs of the operator name them. */
    List<String> filesOfApp(String path) {
        Path app = files().resolve("app");
        try (Stream<Path> files = Files.walk(app.resolve(path))) {
            return files.map(file -> app.relativize(file).toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a program on the PATH. */
    static Program program(String name, Path workFolder) {
        return new Program(Path.of(name), Map.of(), workFolder);
    }
}
