package dev.lmstudiooperator.lease;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Stores a Lease. A writer must know the stored version: of two concurrent writes, one succeeds. All methods throw the
 * client's exception if the API server does not answer or refuses the request.
 */
interface LeaseStore {

    Optional<Lease> read();

    /** The stored Lease after the write; empty if a Lease already exists. */
    Optional<Lease> create(Lease lease);

    /** The stored Lease after the write; empty if the Lease was changed or deleted since it was read. */
    Optional<Lease> update(Lease lease);

    /** Stores a Lease in the API server, which refuses a write with an outdated resource version. */
    record InApiServer(KubernetesClient client, String namespace, String name) implements LeaseStore {

        @Override
        public Optional<Lease> read() {
            return Optional.ofNullable(
                    client.leases().inNamespace(namespace).withName(name).get());
        }

        @Override
        public Optional<Lease> create(Lease lease) {
            return unless(Set.of(HTTP_CONFLICT), () -> client.resource(lease).create());
        }

        @Override
        public Optional<Lease> update(Lease lease) {
            return unless(Set.of(HTTP_CONFLICT, HTTP_NOT_FOUND), () -> client.resource(lease)
                    .update());
        }

        private static Optional<Lease> unless(Set<Integer> codes, Supplier<Lease> write) {
            try {
                return Optional.of(write.get());
            } catch (KubernetesClientException e) {
                if (codes.contains(e.getCode())) {
                    return Optional.empty();
                }
                throw e;
            }
        }
    }
}
