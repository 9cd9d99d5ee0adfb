package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads a JSON object from a file of LM Studio. LM Studio may write the file during the read, or may not have created
 * it.
 */
record SettingsFile(Path file) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES = 64 * 1024;

    /** Returns the field with that name. Also empty if the file cannot be read. */
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
