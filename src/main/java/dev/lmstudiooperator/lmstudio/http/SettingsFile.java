package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A JSON object in a file of LM Studio, which is written while we read it, or not at all. */
record SettingsFile(Path file) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES = 64 * 1024;

    /** What stands there under the name; empty also when the file cannot be read. */
    Optional<JsonNode> field(String name) {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.ofNullable(JSON.readTree(in.readNBytes(MAX_BYTES)).get(name));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
