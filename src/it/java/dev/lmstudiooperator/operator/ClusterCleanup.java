package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.controlplane.Account;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/** Removes what earlier tests left on the shared control plane, because a controller serves the whole cluster. */
public final class ClusterCleanup {

    private ClusterCleanup() {}

    /** Removes all objects, including the Lease of the controller. */
    public static void remove(KubernetesClient admin) {
        removeModelsAndNodes(admin);
        admin.leases().inNamespace(Account.OPERATOR_NAMESPACE).delete();
    }

    /** Removes the Lease, as if it had expired. The next controller becomes leader at once. */
    public static void removeLeaseOfController(KubernetesClient admin) {
        admin.leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withName("controller")
                .delete();
    }

    /** Removes nodes whose agents have ended, with their Leases, and ManagedModels with any finalizers. */
    public static void removeModelsAndNodes(KubernetesClient admin) {
        admin.resources(ManagedModelSet.class)
                .inAnyNamespace()
                .list()
                .getItems()
                .forEach(set -> admin.resource(set).delete());
        admin.resources(ManagedModel.class).inAnyNamespace().list().getItems().forEach(model -> {
            if (!model.getFinalizers().isEmpty()) {
                admin.resource(model)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
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
