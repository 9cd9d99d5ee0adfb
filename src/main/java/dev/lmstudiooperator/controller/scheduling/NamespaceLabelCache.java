package dev.lmstudiooperator.controller.scheduling;

import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Caches the labels of all namespaces. A node may exclude ManagedModels by these labels. */
public final class NamespaceLabelCache implements AutoCloseable {

    private final SharedIndexInformer<Namespace> informer;

    /**
     * Returns after all namespaces are cached.
     *
     * @param models whose waiting ManagedModels are triggered if their namespace is new or has changed labels
     * @param changed accepts the name of such a namespace
     */
    public NamespaceLabelCache(KubernetesClient client, ManagedModelCache models, Consumer<String> changed) {
        this.informer = client.namespaces().inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Namespace namespace) {
                String name = namespace.getMetadata().getName();
                models.reconcileUnscheduled(
                        model -> model.getMetadata().getNamespace().equals(name));
                changed.accept(name);
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
