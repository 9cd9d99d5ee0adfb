package dev.lmstudiooperator.cluster;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** ManagedModels of one namespace of the cluster. */
record TestModels(KubernetesClient admin, String namespace) {

    /** Creates the namespace. */
    static TestModels inNewNamespace(TestCluster cluster, String namespace) {
        cluster.kubectl("create", "namespace", namespace);
        return new TestModels(cluster.admin(), namespace);
    }

    /** Applies a ManagedModel that is verified at once. More fields of the spec are given in YAML's flow style. */
    void apply(String name, String more) {
        String yaml = """
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: %s, namespace: %s}
                spec: {model: llama-3.2-1b-instruct, verification: {settleSeconds: 0}%s}
                """.formatted(name, namespace, more.isEmpty() ? "" : ", " + more);
        TestCluster.await(name + " is admitted", () -> tryToApply(yaml), Optional::isEmpty);
    }

    /** A resource type is served a moment after its CRD was created. */
    private Optional<String> tryToApply(String yaml) {
        try {
            admin.resource(Serialization.unmarshal(yaml, ManagedModel.class)).serverSideApply();
            return Optional.empty();
        } catch (KubernetesClientException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    ManagedModel awaitReady(String name) {
        return await(name, "is ready", model -> isReady(model));
    }

    ManagedModel awaitReadyOn(String name, String node) {
        return await(
                name,
                "is ready on " + node,
                model -> isReady(model) && node.equals(model.getStatus().nodeName()));
    }

    ManagedModel await(String name, String claim, Predicate<ManagedModel> isSo) {
        return TestCluster.await(
                        name + " " + claim,
                        () -> Optional.ofNullable(resource(name).get()),
                        model -> model.filter(isSo).isPresent())
                .orElseThrow();
    }

    Resource<ManagedModel> resource(String name) {
        return admin.resources(ManagedModel.class).inNamespace(namespace).withName(name);
    }

    static boolean isReady(ManagedModel model) {
        return "True".equals(statusOf(model, "Ready"));
    }

    static boolean hasReason(ManagedModel model, String reason) {
        return conditions(model).stream().anyMatch(condition -> reason.equals(condition.getReason()));
    }

    static @Nullable String statusOf(ManagedModel model, String type) {
        return conditions(model).stream()
                .filter(condition -> condition.getType().equals(type))
                .map(Condition::getStatus)
                .findFirst()
                .orElse(null);
    }

    static List<Condition> conditions(ManagedModel model) {
        return model.getStatus() == null
                ? List.of()
                : Objects.requireNonNullElse(model.getStatus().conditions(), List.of());
    }

    /** Records every status of Ready that the API server reports for a ManagedModel. */
    ReadyHistory recordReady(String name) {
        var seen = new CopyOnWriteArrayList<String>();
        Watch watch = resource(name).watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, ManagedModel model) {
                seen.add(action + " " + statusOf(model, "Ready"));
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("closed " + cause);
            }
        });
        return new ReadyHistory(seen, watch);
    }

    record ReadyHistory(List<String> seen, Watch watch) implements AutoCloseable {

        /** Returns the records that are not a Ready model. */
        List<String> exceptions() {
            return seen.stream().filter(record -> !record.endsWith(" True")).toList();
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
