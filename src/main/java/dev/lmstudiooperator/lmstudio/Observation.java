package dev.lmstudiooperator.lmstudio;

import static java.util.stream.Collectors.groupingBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What is known of one LM Studio at one moment. */
public final class Observation {

    private final Reading<List<Instance>> loaded;
    private final Reading<List<DownloadedModel>> downloaded;
    private final Reading<ApiModelList> served;
    private final Reading<Set<String>> loading;
    private final Map<String, Instant> busySince;

    /** Each pass of each ManagedModel asks for its own several times. */
    private final Map<String, List<Instance>> loadedByIdentifier;

    /**
     * @param loaded what {@code lms ps} lists: the source of truth
     * @param downloaded what {@code lms ls} lists
     * @param served what the HTTP API lists: the second source
     */
    public Observation(
            Reading<List<Instance>> loaded, Reading<List<DownloadedModel>> downloaded, Reading<ApiModelList> served) {
        this(loaded, downloaded, served, notRead(served), Map.of());
    }

    /**
     * The same, with what only a look that follows another can tell.
     *
     * @param loading the keys of the models that LM Studio is loading
     * @param busySince since when an instance of this machine has been busy without progress, by its identifier
     */
    public Observation(
            Reading<List<Instance>> loaded,
            Reading<List<DownloadedModel>> downloaded,
            Reading<ApiModelList> served,
            Reading<Set<String>> loading,
            Map<String, Instant> busySince) {
        this.loading = loading;
        this.busySince = busySince;
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

    public Reading<ApiModelList> served() {
        return served;
    }

    public Reading<Set<String>> loading() {
        return loading;
    }

    /** Since when each busy instance of this machine has made no progress: no request began or ended. */
    public Map<String, Instant> busySince() {
        return busySince;
    }

    private static <T> Reading<T> notRead(Reading<?> beside) {
        return new Reading.Unknown<>(
                new InfrastructureFailure(InfrastructureFailure.Kind.NOT_LOOKED_YET, "nobody has asked"), beside.at());
    }

    /** The instance of this machine that carries the identifier; empty also when the look failed. */
    public Optional<Instance> instance(String identifier) {
        return all(identifier).stream().filter(Instance::isLocal).findFirst();
    }

    /** Whether a linked device serves an instance under the identifier. */
    public boolean isOnLinkedDevice(String identifier) {
        return all(identifier).stream().anyMatch(instance -> !instance.isLocal());
    }

    /** The instances of this machine; empty also when the look failed. */
    public List<Instance> localInstances() {
        return loaded instanceof Reading.Known<List<Instance>> known
                ? known.value().stream().filter(Instance::isLocal).toList()
                : List.of();
    }

    /** The keys of the models on this machine's disk; empty also when they could not be listed. */
    public List<String> localKeys() {
        return localModels().map(DownloadedModel::modelKey).toList();
    }

    /** What is on this machine's disk under that key; empty also when it could not be listed. */
    public List<DownloadedModel> localModels(String modelKey) {
        return localModels().filter(model -> model.modelKey().equals(modelKey)).toList();
    }

    /** What kind of model has that key on this machine; empty when nobody has listed it. */
    public Optional<ModelType> typeOf(String modelKey) {
        return localModels(modelKey).stream().map(DownloadedModel::type).findFirst();
    }

    /** The model that {@code lms load} is to load for that key; empty when none is there that it can load. */
    public Optional<DownloadedModel> loadable(String modelKey) {
        return localModels(modelKey).stream()
                .filter(DownloadedModel::isLoadable)
                .findFirst();
    }

    /** Whether {@code lms load --exact} can only mean this model: it takes the first one that it knows with the path. */
    public boolean isOnlyOneOfItsPath(DownloadedModel model) {
        return model.isPathUsable()
                && localModels()
                                .filter(DownloadedModel::isKnownToLoad)
                                .filter(other -> other.path().equals(model.path()))
                                .count()
                        == 1;
    }

    /** Whether the HTTP API lists the model as loaded under the identifier; false also when it could not be asked. */
    public boolean isServed(String identifier, String modelKey) {
        return served instanceof Reading.Known<ApiModelList> known && known.value().lists(identifier, modelKey);
    }

    private Stream<DownloadedModel> localModels() {
        return downloaded instanceof Reading.Known<List<DownloadedModel>> known
                ? known.value().stream().filter(DownloadedModel::isLocal)
                : Stream.empty();
    }

    @Override
    public String toString() {
        return "Observation[loaded=%s, downloaded=%s, served=%s]".formatted(loaded, downloaded, served);
    }

    private List<Instance> all(String identifier) {
        return loadedByIdentifier.getOrDefault(identifier, List.of());
    }
}
