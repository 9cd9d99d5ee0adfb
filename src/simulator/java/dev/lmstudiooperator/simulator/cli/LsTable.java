package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Model;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The table of downloaded models. */
final class LsTable {

    private static final Map<String, String> ARCHITECTURES =
            Map.of("llama", "Llama", "clip", "CLIP", "nomic-bert", "Nomic BERT");

    private final Call call;

    LsTable(Call call) {
        this.call = call;
    }

    String render(List<Model> models) {
        if (models.isEmpty()) {
            return "You have not downloaded any models yet.\n";
        }
        long bytes = models.stream().mapToLong(Model::sizeBytes).sum();
        var text = new StringBuilder("\nYou have " + models.size() + " models, taking up " + Messages.decimalSize(bytes)
                + " of disk space.\n\n");
        for (var type : Model.Type.values()) {
            var ofType = models.stream().filter(model -> model.type() == type).toList();
            if (!ofType.isEmpty()) {
                text.append(table(type, ofType)).append('\n');
            }
        }
        return text.toString();
    }

    private String table(Model.Type type, List<Model> models) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of(type.value().toUpperCase(Locale.ROOT), "PARAMS", "ARCH", "SIZE", "DEVICE", ""));
        models.stream().sorted(Comparator.comparing(Model::modelKey)).forEach(model -> rows.add(row(model)));
        boolean anyLoaded = rows.stream().anyMatch(row -> !row.getLast().isEmpty());
        if (!anyLoaded) {
            rows.replaceAll(row -> row.subList(0, row.size() - 1));
            rows.replaceAll(row -> withBlankTail(row));
        }
        return Messages.table(rows);
    }

    private static List<String> withBlankTail(List<String> row) {
        var wider = new ArrayList<>(row);
        wider.add("");
        return wider;
    }

    private List<String> row(Model model) {
        var name = model.modelKey()
                + (model.variants().isEmpty() ? "" : " (" + model.variants().size() + " variants)");
        var architecture = model.architecture() == null ? "" : model.architecture();
        var device = model.deviceIdentifier();
        boolean loaded = call.lmStudio().memory().loaded().stream()
                .anyMatch(instance -> instance.model().equals(model));
        return List.of(
                name,
                model.paramsString() == null ? "" : model.paramsString(),
                ARCHITECTURES.getOrDefault(architecture, architecture),
                Messages.decimalSize(model.sizeBytes()),
                device == null ? "Local" : call.lmStudio().settings().deviceName(device),
                loaded ? "✓ LOADED" : "");
    }
}
