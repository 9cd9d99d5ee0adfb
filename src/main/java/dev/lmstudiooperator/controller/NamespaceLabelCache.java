package dev.lmstudiooperator.controller;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Caches the labels of all namespaces. A node may exclude ManagedModels by these labels. */
final class NamespaceLabelCache implements AutoCloseable {

    private final SharedIndexInformer<Namespace> informer;

    /**
     * Returns after all namespaces are cached.
     *
     * @param relabelled receives the name of each namespace that is new or has changed labels
     */
    NamespaceLabelCache(KubernetesClient client, Consumer<String> relabelled) {
        this.informer = client.namespaces().inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Namespace namespace) {
                relabelled.accept(namespace.getMetadata().getName());
            }

            @Override
            public void onUpdate(Namespace before, Namespace after) {
                if (!labelsOf(before).equals(labelsOf(after))) {
                    onAdd(after);
                }
            }

            @Override
            public void onDelete(Namespace namespace, boolean isFinalStateUnknown) {}
        });
    }

    Map<String, String> labelsOf(String name) {
        return Optional.ofNullable(informer.getStore().getByKey(name))
                .map(NamespaceLabelCache::labelsOf)
                .orElse(Map.of());
    }

    private static Map<String, String> labelsOf(Namespace namespace) {
        return Optional.ofNullable(namespace.getMetadata().getLabels()).orElse(Map.of());
    }

    @Override
    public void close() {
        informer.close();
    }
}
