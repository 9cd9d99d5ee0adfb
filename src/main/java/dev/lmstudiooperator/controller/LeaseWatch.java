package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/** Watches the Leases of all nodes. */
final class LeaseWatch implements AutoCloseable {

    /** Receives the changes of Leases. */
    interface Listener {

        /** The node's Lease exists. The listener detects whether the Lease has changed. */
        void seen(String nodeName, Lease lease);

        /** The node's Lease was deleted. */
        void gone(String nodeName);
    }

    private final SharedIndexInformer<Lease> informer;

    /** Returns after the listener has received all existing Leases. */
    LeaseWatch(KubernetesClient client, String namespace, Listener listener) {
        this.informer = client.leases()
                .inNamespace(namespace)
                .withLabel(NodeLease.LABEL)
                .inform(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Lease lease) {
                        NodeLease.nodeOf(lease).ifPresent(node -> listener.seen(node, lease));
                    }

                    @Override
                    public void onUpdate(Lease before, Lease lease) {
                        onAdd(lease);
                    }

                    @Override
                    public void onDelete(Lease lease, boolean isFinalStateUnknown) {
                        NodeLease.nodeOf(lease).ifPresent(listener::gone);
                    }
                });
    }

    @Override
    public void close() {
        informer.close();
    }
}
