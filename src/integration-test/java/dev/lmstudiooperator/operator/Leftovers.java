package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** What earlier tests left on the control plane that all share: a controller looks after the whole cluster. */
final class Leftovers {

    private Leftovers() {}

    /** Nodes whose agents have ended, ManagedModels that were theirs, and the Leases of both roles. */
    static void remove(KubernetesClient admin) {
        admin.resources(ManagedModel.class).inAnyNamespace().list().getItems().forEach(model -> {
            if (!model.getFinalizers().isEmpty()) {
                admin.resource(model).edit(held -> {
                    held.setFinalizers(List.of());
                    return held;
                });
            }
            admin.resource(model).delete();
        });
        admin.resources(LMStudioNode.class).delete();
        admin.leases().inNamespace(Account.OPERATOR_NAMESPACE).delete();
    }
}
