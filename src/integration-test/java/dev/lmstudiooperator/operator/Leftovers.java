package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.controlplane.Account;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** What earlier tests left on the control plane that all share: a controller looks after the whole cluster. */
public final class Leftovers {

    private Leftovers() {}

    /** Everything, the Lease of the controller included. */
    public static void remove(KubernetesClient admin) {
        removeModelsAndNodes(admin);
        admin.leases().inNamespace(Account.OPERATOR_NAMESPACE).delete();
    }

    /** As if its holder had been silent for long enough: the next controller leads at once. */
    static void removeLeaseOfController(KubernetesClient admin) {
        admin.leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withName("controller")
                .delete();
    }

    /** Nodes whose agents have ended, with their Leases, and ManagedModels, whoever holds them. */
    static void removeModelsAndNodes(KubernetesClient admin) {
        admin.resources(ManagedModel.class).inAnyNamespace().list().getItems().forEach(model -> {
            if (!model.getFinalizers().isEmpty()) {
                admin.resource(model).edit(held -> {
                    held.getMetadata().setFinalizers(List.of());
                    return held;
                });
            }
            admin.resource(model).delete();
        });
        admin.resources(LMStudioNode.class).delete();
        admin.leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withLabel(NodeLease.LABEL)
                .delete();
    }
}
