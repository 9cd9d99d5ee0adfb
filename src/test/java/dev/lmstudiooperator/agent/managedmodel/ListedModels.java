package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import java.util.List;
import java.util.stream.Stream;

/** Lists the ManagedModels that a test names. */
final class ListedModels implements ManagedModelSyncer.Lister {

    private List<ManagedModel> models = List.of();

    void set(ManagedModel... listed) {
        models = List.of(listed);
    }

    @Override
    public Stream<ManagedModel> models() {
        return models.stream();
    }

    @Override
    public Stream<ManagedModel> naming(String identifier) {
        return models().filter(model -> Desired.identifier(model).equals(identifier));
    }
}
