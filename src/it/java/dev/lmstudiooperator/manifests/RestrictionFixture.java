package dev.lmstudiooperator.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Objects of one kind on this node and on another node, and the accounts that try to change them. */
final class RestrictionFixture<T extends HasMetadata> {

    private final ControlPlane controlPlane;
    private final Class<T> type;
    private final @Nullable String namespace;
    private final Map<Account, ApiClientAs<T>> clients = new HashMap<>();

    /** @param namespace {@code null} for a cluster-scoped kind */
    RestrictionFixture(ControlPlane controlPlane, Class<T> type, @Nullable String namespace) {
        this.controlPlane = controlPlane;
        this.type = type;
        this.namespace = namespace;
    }

    /** Returns an account with all permissions. */
    ApiClientAs<T> people() {
        return client(controlPlane.admin());
    }

    ApiClientAs<T> as(Account account) {
        return clients.computeIfAbsent(account, who -> client(controlPlane.clientFor(who)));
    }

    /** Returns an account in the operator's namespace to which RBAC grants everything. */
    ApiClientAs<T> asClimber() {
        return client(controlPlane.climber());
    }

    T stored(String name) {
        return people().find(name).require();
    }

    boolean exists(String name) {
        return people().find(name).get() != null;
    }

    /** Checks that RBAC or the node restriction denies the attempt with this reason. */
    static void denied(ThrowingCallable attempt, String reason) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(KubernetesClientException.class, refusal -> assertThat(refusal.getCode())
                        .isEqualTo(403))
                .hasMessageContaining(reason);
    }

    private ApiClientAs<T> client(KubernetesClient client) {
        return new ApiClientAs<>(client, type, namespace);
    }
}
