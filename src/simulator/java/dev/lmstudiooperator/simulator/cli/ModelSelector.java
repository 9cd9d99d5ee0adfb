package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.Model;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Selects the model for {@code load} from the downloaded models. */
final class ModelSelector {

    private final Call call;
    private final Options.Parsed options;

    ModelSelector(Call call, Options.Parsed options) {
        this.call = call;
        this.options = options;
    }

    Model select(RecentLoads recent) throws InterruptedException {
        removeFromDisk(recent);
        var models = candidates();
        return options.has("--exact") ? byPath(models) : byKey(recent.sort(models));
    }

    private List<Model> candidates() {
        return call.downloaded().stream()
                .filter(model -> model.isLocal() || !options.has("--local"))
                .filter(model ->
                        !Objects.requireNonNullElse(model.architecture(), "").contains("clip"))
                .toList();
    }

    /** Applies the fault that removes a model from the disk after the caller has listed it. */
    private void removeFromDisk(RecentLoads recent) {
        var fault = call.fault(FaultKind.MODEL_GONE);
        if (fault.isPresent()) {
            var key = Json.text(fault.get().parameters(), "modelKey");
            var modelStore = call.lmStudio().modelStore();
            var removed = key != null ? modelStore.findLocal(key) : likelySelection(recent);
            removed.filter(modelStore::remove)
                    .ifPresent(model -> call.lmStudio().journal().recordEvent("removed from disk " + model.modelKey()));
        }
    }

    /** Returns the model that {@code load} selects without a prompt. */
    private Optional<Model> likelySelection(RecentLoads recent) {
        var wanted = options.argument().orElse("");
        if (options.has("--exact")) {
            return withPath(wanted, candidates());
        }
        var matches = FuzzyMatch.rank(wanted, recent.sort(candidates()), Model::modelKey);
        return matches.isEmpty() ? Optional.empty() : Optional.of(best(matches));
    }

    private static Optional<Model> withPath(String path, List<Model> models) {
        return models.stream().filter(model -> model.path().equals(path)).findFirst();
    }

    private Model best(List<Model> matches) {
        return areOnDifferentDevices(matches) ? preferred(matches) : matches.getFirst();
    }

    /** Returns the first model with that path, even if several models share it. */
    private Model byPath(List<Model> models) {
        var path = options.argument().orElseThrow();
        return withPath(path, models)
                .orElseThrow(() -> call.failure("Model not found\n\nNo model found with path being exactly \"" + path
                        + "\".\n\nTo disable exact matching, remove the --exact flag.\n\nTo see a list of all downloaded"
                        + " models, run:\n\n    lms ls\n\nNote, you need to provide the full model path. For"
                        + " example:\n\n  lms load --exact " + example(models) + "\n"));
    }

    private Model byKey(List<Model> models) throws InterruptedException {
        var key = options.argument().orElse("");
        var matches = FuzzyMatch.rank(key, models, Model::modelKey);
        return options.has("--yes") ? first(key, matches) : prompt(key, matches, models);
    }

    private Model first(String key, List<Model> matches) {
        if (matches.isEmpty()) {
            throw call.failure("Model not found\n\nNo model found that matches model key \"" + key
                    + "\".\n\nTo see a list of all downloaded models, run:\n\n    lms ls\n\nTo select a model"
                    + " interactively, remove the --yes flag:\n\n    lms load\n");
        }
        if (matches.size() > 1 && !areOnDifferentDevices(matches)) {
            call.info("W " + matches.size()
                    + " models match the provided model key on the same device. Loading the first one.\n");
        }
        return best(matches);
    }

    private Model prompt(String key, List<Model> matches, List<Model> models) throws InterruptedException {
        call.out("\n");
        if (options.argument().isEmpty()) {
            throw Prompt.show(call, "Select a model to load", Prompt.models(call, models));
        }
        if (matches.isEmpty()) {
            call.out("! Cannot find a model matching the provided model key (" + key
                    + "). Please select one from the list below.\n");
            throw Prompt.show(call, "Select a model to load", Prompt.models(call, models));
        }
        boolean sameKey = matches.stream().map(Model::modelKey).distinct().count() == 1;
        if (matches.size() == 1 || (sameKey && areOnDifferentDevices(matches))) {
            return preferred(matches);
        }
        call.out("! Multiple models match the provided model key. Please select one.\n");
        throw Prompt.show(call, "Select a model to load", Prompt.models(call, matches));
    }

    private Model preferred(List<Model> matches) {
        var device = call.lmStudio().settings().preferredDevice();
        return matches.stream()
                .filter(model -> Objects.equals(model.deviceIdentifier(), device))
                .findFirst()
                .orElse(matches.getFirst());
    }

    private static boolean areOnDifferentDevices(List<Model> matches) {
        // Local models have no device and count as one.
        return matches.stream()
                        .map(model -> Objects.requireNonNullElse(model.deviceIdentifier(), ""))
                        .distinct()
                        .count()
                == matches.size();
    }

    private static String example(List<Model> models) {
        return models.isEmpty() ? "<path>" : models.getFirst().path();
    }
}
