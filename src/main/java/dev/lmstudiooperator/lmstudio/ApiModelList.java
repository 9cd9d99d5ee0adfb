package dev.lmstudiooperator.lmstudio;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The models and instances that the HTTP API lists at one point in time.
 *
 * @param instances the loaded instances
 * @param modelKeys the models on disk. With just-in-time loading off, LM Studio before 0.4 lists loaded models only
 */
public record ApiModelList(Set<ServedInstance> instances, Set<String> modelKeys) {

    /**
     * An instance as the HTTP API lists it. The HTTP API is the second source, independent of {@code lms ps}.
     *
     * @param modelKey the model that the instance serves
     * @param identifier the name that clients use; null for LM Studio before 0.4, which lists models only
     * @param contextLength the context length in tokens; null when the API does not report it
     * @param parallel the maximum number of concurrent requests; null when the API does not report it, as for embedding
     *     models
     */
    public record ServedInstance(
            String modelKey,
            @Nullable String identifier,
            @Nullable Integer contextLength,
            @Nullable Integer parallel) {}

    /**
     * Whether the API lists the model as loaded under the identifier. LM Studio before 0.4 reports no identifiers; see
     * {@link #find}.
     */
    public boolean lists(String identifier, String modelKey) {
        return find(identifier, modelKey).isPresent();
    }

    /** Whether the API reports the identifier of each instance. LM Studio before 0.4 does not. */
    public boolean hasIdentifiers() {
        return instances.stream().allMatch(instance -> instance.identifier() != null);
    }

    /** Whether no instance has the identifier. Also false if the API reports no identifiers. */
    public boolean isFree(String identifier) {
        return hasIdentifiers() && instances.stream().noneMatch(instance -> identifier.equals(instance.identifier()));
    }

    /**
     * Returns the instance with the identifier. If the API reports no identifiers, returns any instance of the model.
     */
    public Optional<ServedInstance> find(String identifier, String modelKey) {
        return instances.stream()
                .filter(instance -> instance.modelKey().equals(modelKey))
                .filter(instance -> instance.identifier() == null || identifier.equals(instance.identifier()))
                .findFirst();
    }
}
