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

/** {@code cli-pref.json}: {@code load} offers recently loaded models first. */
final class RecentLoads {

    private static final int MOST = 20;

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

    List<Model> first(List<Model> models) {
        return models.stream().sorted(Comparator.comparingInt(this::rank)).toList();
    }

    void add(Model model) {
        recent.remove(model.indexedModelIdentifier());
        recent.addFirst(model.indexedModelIdentifier());
        var kept = recent.subList(0, Math.min(MOST, recent.size()));
        try {
            Files.writeString(file, Json.write(java.util.Map.of("lastLoadedModels", kept)));
        } catch (IOException e) {
            // The preference is optional. A load does not fail if it cannot be written.
        }
    }

    private int rank(Model model) {
        int place = recent.indexOf(model.indexedModelIdentifier());
        return place < 0 ? MOST : place;
    }
}
