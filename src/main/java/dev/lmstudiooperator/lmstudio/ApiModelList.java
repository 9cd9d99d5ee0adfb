package dev.lmstudiooperator.lmstudio;

import java.util.Optional;
import java.util.Set;

/**
 * What the HTTP API lists at one moment.
 *
 * @param instances what is loaded
 * @param modelKeys what is on disk; with just-in-time loading off, LM Studio before 0.4 lists loaded models only
 */
public record ApiModelList(Set<ServedInstance> instances, Set<String> modelKeys) {

    /** Whether the model is loaded under the identifier, as far as the API can say. */
    public boolean lists(String identifier, String modelKey) {
        return find(identifier, modelKey).isPresent();
    }

    /** The instance under the identifier, or, where the API names no identifiers, any of the model. */
    public Optional<ServedInstance> find(String identifier, String modelKey) {
        return instances.stream()
                .filter(instance -> instance.modelKey().equals(modelKey))
                .filter(instance -> instance.identifier() == null || identifier.equals(instance.identifier()))
                .findFirst();
    }
}
