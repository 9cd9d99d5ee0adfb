package dev.lmstudiooperator.lmstudio;

import static java.util.stream.Collectors.groupingBy;

import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The observed state of one LM Studio at one point in time. */
public final class Observation {

    private final Reading<List<Instance>> loaded;
    private final Reading<List<DownloadedModel>> downloaded;
    private final Reading<ApiModelList> served;
    private final Reading<Set<String>> loading;
    private final Map<String, Instant> busySince;

    /** An index, because each reconciliation of each ManagedModel looks up its identifier several times. */
    private final Map<String, List<Instance>> loadedByIdentifier;

    /**
     * @param loaded the list of {@code lms ps}: the source of truth
     * @param downloaded the list of {@code lms ls}
     * @param served the list of the HTTP API: the second source
     */
    public Observation(
            Reading<List<Instance>> loaded, Reading<List<DownloadedModel>> downloaded, Reading<ApiModelList> served) {
        this(
                loaded,
                downloaded,
                served,
                new Reading.Unknown<>(
                        InfrastructureFailure.Kind.NOT_OBSERVED_YET.failure("not queried yet"), served.at()),
                Map.of());
    }

    /**
     * Adds the values that require a previous observation.
     *
     * @param loading the keys of the models that LM Studio is loading
     * @param busySince the time since which an instance of this machine has been busy without progress, by identifier
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
        this.loadedByIdentifier = instances().collect(groupingBy(Instance::identifier));
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

    /** Returns the time since which each busy instance of this machine has started and finished no request. */
    public Map<String, Instant> busySince() {
        return busySince;
    }

    /** Returns the instance of this machine with the identifier. Also empty if the read failed. */
    public Optional<Instance> instance(String identifier) {
        return all(identifier).stream().filter(Instance::isLocal).findFirst();
    }

    /** Whether a linked device serves an instance with the identifier. */
    public boolean isOnLinkedDevice(String identifier) {
        return all(identifier).stream().anyMatch(instance -> !instance.isLocal());
    }

    /** Whether this machine has the model, and the path of the request, if it has one, identifies it unambiguously. */
    public boolean allows(LoadRequest request) {
        return loadable(request.modelKey())
                .filter(model ->
                        request.path() == null || (request.path().equals(model.path()) && isOnlyOneOfItsPath(model)))
                .isPresent();
    }

    /** Whether {@code lms} lists a model or an instance of a linked device. */
    public boolean hasLinkedDevices() {
        return instances().anyMatch(instance -> !instance.isLocal())
                || downloaded.known().stream().flatMap(List::stream).anyMatch(model -> !model.isLocal());
    }

    /** Returns the instances of this machine. Also empty if the read failed. */
    public List<Instance> localInstances() {
        return instances().filter(Instance::isLocal).toList();
    }

    /** Returns the keys of the models on the disk of this machine. Also empty if the read failed. */
    public List<String> localKeys() {
        return localModels().map(DownloadedModel::modelKey).toList();
    }

    /** Returns the models with that key on the disk of this machine. Also empty if the read failed. */
    public List<DownloadedModel> localModels(String modelKey) {
        return localModels().filter(model -> model.modelKey().equals(modelKey)).toList();
    }

    /** Returns the type of the model with that key on this machine. Empty if no read has listed it. */
    public Optional<ModelType> typeOf(String modelKey) {
        return localModels(modelKey).stream().map(DownloadedModel::type).findFirst();
    }

    /** Returns the model that {@code lms load} must load for that key. Empty if there is no loadable model. */
    public Optional<DownloadedModel> loadable(String modelKey) {
        return localModels(modelKey).stream()
                .filter(DownloadedModel::isLoadable)
                .findFirst();
    }

    /** Whether {@code lms load --exact} identifies this model. It loads the first known model with the path. */
    public boolean isOnlyOneOfItsPath(DownloadedModel model) {
        return model.isPathUsable()
                && localModels()
                                .filter(DownloadedModel::isKnownToLoad)
                                .filter(other -> other.path().equals(model.path()))
                                .count()
                        == 1;
    }

    /** Whether the HTTP API lists the model as loaded under the identifier. Also false if the read failed. */
    public boolean isServed(String identifier, String modelKey) {
        return served.known().filter(list -> list.lists(identifier, modelKey)).isPresent();
    }

    private Stream<Instance> instances() {
        return loaded.known().stream().flatMap(List::stream);
    }

    private Stream<DownloadedModel> localModels() {
        return downloaded.known().stream().flatMap(List::stream).filter(DownloadedModel::isLocal);
    }

    @Override
    public String toString() {
        return "Observation[loaded=%s, downloaded=%s, served=%s]".formatted(loaded, downloaded, served);
    }

    private List<Instance> all(String identifier) {
        return loadedByIdentifier.getOrDefault(identifier, List.of());
    }
}
