package dev.lmstudiooperator.simulator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The file {@code cli-pref.json}. {@code load} prefers recently loaded models. */
final class RecentLoads {

    private static final int MAX_ENTRIES = 20;

    private final Path file;
    private final List<String> recent = new ArrayList<>();

    RecentLoads(Call call) {
        file = call.invocation().internal().resolve("cli-pref.json");
        try {
            if (Files.exists(file)) {
                Json.MAPPER
                        .readTree(Files.readString(file))
                        .path("lastLoadedModels")
                        .forEach(path -> recent.add(path.asText()));
            }
        } catch (JsonProcessingException e) {
            call.info("Error: [CliPref] Error reading data from file: SyntaxError: JSON Parse error: Expected '}'\n");
        } catch (IOException e) {
            recent.clear();
        }
    }

    List<Model> sort(List<Model> models) {
        return models.stream().sorted(Comparator.comparingInt(this::rank)).toList();
    }

    void add(Model model) {
        recent.remove(model.indexedModelIdentifier());
        recent.addFirst(model.indexedModelIdentifier());
        var kept = recent.subList(0, Math.min(MAX_ENTRIES, recent.size()));
        try {
            Files.writeString(file, Json.write(Map.of("lastLoadedModels", kept)));
        } catch (IOException e) {
            // The file is optional. A load does not fail if the file cannot be written.
        }
    }

    private int rank(Model model) {
        int index = recent.indexOf(model.indexedModelIdentifier());
        return index < 0 ? MAX_ENTRIES : index;
    }
}
