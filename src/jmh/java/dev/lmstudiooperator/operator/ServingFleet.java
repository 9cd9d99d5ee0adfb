package dev.lmstudiooperator.operator;

import static java.util.Objects.requireNonNull;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stand-ins for the agents of many nodes. They report each ManagedModel as served as soon as it is scheduled. Each node has an
 * address of its own, with the same port. One HTTP proxy answers for all of them.
 */
final class ServingFleet implements AutoCloseable {

    private static final Duration LEASE = Duration.ofSeconds(40);
    private static final int SERVING = 8;

    private final HttpStandIn proxy = HttpStandIn.start();
    private final Map<String, FakeAgent> agents = new ConcurrentHashMap<>();
    private final Set<String> served = ConcurrentHashMap.newKeySet();
    private final ExecutorService serving = Executors.newFixedThreadPool(SERVING);

    /** Configures the controller to reach the addresses of the nodes through the proxy. */
    Map<String, String> controllerEnvironment() {
        return Map.of("JAVA_TOOL_OPTIONS", "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=%d".formatted(proxy.port()));
    }

    /** The addresses are reserved for benchmarks of networks. */
    void start(KubernetesClient admin, int nodes) {
        for (int i = 0; i < nodes; i++) {
            String name = "gpu-%04d".formatted(i);
            String status = "apiAddress: \"http://198.18.%d.%d:1234\"".formatted(i / 250, 1 + i % 250);
            agents.put(name, FakeAgent.start(admin, name, status, LEASE));
        }
    }

    /** Serves a ManagedModel that is scheduled and not served yet. */
    void seen(ManagedModel model) {
        String node = model.getStatus().nodeName();
        if (node != null && served.add(model.getMetadata().getUid())) {
            serving.execute(() -> report(model, "True", "Verified"));
        }
    }

    /** Returns after the API server has acknowledged the status. */
    void report(ManagedModel model, String available, String reason) {
        String node = requireNonNull(model.getStatus().nodeName());
        try {
            requireNonNull(agents.get(node)).serve(model, available, reason);
        } catch (KubernetesClientException e) {
            served.remove(model.getMetadata().getUid());
            throw e;
        }
    }

    @Override
    public void close() {
        serving.shutdownNow();
        agents.values().forEach(FakeAgent::close);
        proxy.close();
    }
}
