package dev.lmstudiooperator.lmstudio;

import static java.util.stream.Collectors.groupingBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is known of one LM Studio at one moment. */
public final class Observation {

    private final Reading<List<Instance>> loaded;
    private final Reading<List<DownloadedModel>> downloaded;
    private final Reading<Served> served;

    /** Each pass of each ManagedModel asks for its own several times. */
    private final Map<String, List<Instance>> loadedByIdentifier;

    /**
     * @param loaded what {@code lms ps} lists: the source of truth
     * @param downloaded what {@code lms ls} lists
     * @param served what the HTTP API lists: the second witness
     */
    public Observation(
            Reading<List<Instance>> loaded, Reading<List<DownloadedModel>> downloaded, Reading<Served> served) {
        this.loaded = loaded;
        this.downloaded = downloaded;
        this.served = served;
        this.loadedByIdentifier = switch (loaded) {
            case Reading.Unknown<List<Instance>> unknown -> Map.of();
            case Reading.Known<List<Instance>> known ->
                known.value().stream().collect(groupingBy(Instance::identifier));
        };
    }

    public Reading<List<Instance>> loaded() {
        return loaded;
    }

    public Reading<List<DownloadedModel>> downloaded() {
        return downloaded;
    }

    public Reading<Served> served() {
        return served;
    }

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

    @Override
    public String toString() {
        return "Observation[loaded=%s, downloaded=%s, served=%s]".formatted(loaded, downloaded, served);
    }

    private List<Instance> all(String identifier) {
        return loadedByIdentifier.getOrDefault(identifier, List.of());
    }
}
