package dev.lmstudiooperator.lmstudio;

import java.util.Optional;
import java.util.Set;

/**
 * The models and instances that the HTTP API lists at one point in time.
 *
 * @param instances the loaded instances
 * @param modelKeys the models on disk. With just-in-time loading off, LM Studio before 0.4 lists loaded models only
 */
public record ApiModelList(Set<ServedInstance> instances, Set<String> modelKeys) {

    /**
     * Whether the API lists the model as loaded under the identifier. LM Studio before 0.4 reports no identifiers; see
     * {@link #find}.
     */
    public boolean lists(String identifier, String modelKey) {
        return find(identifier, modelKey).isPresent();
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
