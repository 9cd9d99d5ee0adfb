package dev.lmstudiooperator.lease;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** Stores a Lease in the API server, which refuses a write with an outdated resource version. */
final class ApiServerLeases implements LeaseStore {

    private final KubernetesClient client;
    private final String namespace;
    private final String name;

    ApiServerLeases(KubernetesClient client, String namespace, String name) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
    }

    @Override
    public Optional<Lease> read() {
        return Optional.ofNullable(
                client.leases().inNamespace(namespace).withName(name).get());
    }

    @Override
    public Optional<Lease> create(Lease lease) {
        return unless(() -> client.resource(lease).create(), HttpURLConnection.HTTP_CONFLICT);
    }

    @Override
    public Optional<Lease> update(Lease lease) {
        return unless(
                () -> client.resource(lease).update(),
                HttpURLConnection.HTTP_CONFLICT,
                HttpURLConnection.HTTP_NOT_FOUND);
    }

    private static Optional<Lease> unless(Supplier<Lease> write, int... codes) {
        try {
            return Optional.of(write.get());
        } catch (KubernetesClientException e) {
            if (Arrays.stream(codes).anyMatch(code -> code == e.getCode())) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
