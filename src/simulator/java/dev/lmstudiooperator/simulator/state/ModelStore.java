package dev.lmstudiooperator.simulator.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The downloaded models, including those of linked devices, in the order of the server. */
public final class ModelStore {

    private final List<Model> models = new ArrayList<>();

    public synchronized List<Model> all() {
        return List.copyOf(models);
    }

    /** Adds the models. Each replaces the model with the same key on the same device. */
    public synchronized void put(List<Model> newModels) {
        for (var model : newModels) {
            var index = indexOf(model);
            if (index < 0) {
                models.add(model);
            } else {
                models.set(index, model);
            }
        }
    }

    public synchronized void replaceAll(List<Model> newModels) {
        models.clear();
        models.addAll(newModels);
    }

    public synchronized boolean remove(String modelKey) {
        return models.removeIf(model -> model.modelKey().equals(modelKey));
    }

    /** Removes this model only from its device. */
    public synchronized boolean remove(Model model) {
        int index = indexOf(model);
        if (index >= 0) {
            models.remove(index);
        }
        return index >= 0;
    }

    /** Returns the model with this key on this machine. */
    public Optional<Model> findLocal(String modelKey) {
        return all().stream()
                .filter(model -> model.isLocal() && model.modelKey().equals(modelKey))
                .findFirst();
    }

    private int indexOf(Model wanted) {
        for (int i = 0; i < models.size(); i++) {
            var model = models.get(i);
            if (model.modelKey().equals(wanted.modelKey())
                    && Objects.equals(model.deviceIdentifier(), wanted.deviceIdentifier())) {
                return i;
            }
        }
        return -1;
    }
}
