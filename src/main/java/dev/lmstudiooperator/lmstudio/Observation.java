package dev.lmstudiooperator.lmstudio;

import java.util.List;
import java.util.Optional;

/**
 * What is known of one LM Studio at one moment.
 *
 * @param loaded what {@code lms ps} lists: the source of truth
 * @param downloaded what {@code lms ls} lists
 * @param served what the HTTP API lists: the second witness
 */
public record Observation(
        Reading<List<Instance>> loaded, Reading<List<DownloadedModel>> downloaded, Reading<Served> served) {

    /** The instance of this machine that carries the identifier; empty also when the look failed. */
    public Optional<Instance> instance(String identifier) {
        return all(identifier).stream().filter(Instance::isLocal).findFirst();
    }

    /** Whether a linked device serves an instance under the identifier. */
    public boolean isOnLinkedDevice(String identifier) {
        return all(identifier).stream().anyMatch(instance -> !instance.isLocal());
    }

    /** The keys of the models on this machine's disk; empty also when they could not be listed. */
    public List<String> localKeys() {
        return switch (downloaded) {
            case Reading.Unknown<List<DownloadedModel>> unknown -> List.of();
            case Reading.Known<List<DownloadedModel>> known -> DownloadedModel.localKeys(known.value());
        };
    }

    /** What kind of model has that key on this machine; empty when nobody has listed it. */
    public Optional<ModelType> typeOf(String modelKey) {
        return downloaded instanceof Reading.Known<List<DownloadedModel>> known
                ? known.value().stream()
                        .filter(model -> model.isLocal() && model.modelKey().equals(modelKey))
                        .map(DownloadedModel::type)
                        .findFirst()
                : Optional.empty();
    }

    private List<Instance> all(String identifier) {
        return switch (loaded) {
            case Reading.Unknown<List<Instance>> unknown -> List.of();
            case Reading.Known<List<Instance>> known ->
                known.value().stream()
                        .filter(instance -> instance.identifier().equals(identifier))
                        .toList();
        };
    }
}
