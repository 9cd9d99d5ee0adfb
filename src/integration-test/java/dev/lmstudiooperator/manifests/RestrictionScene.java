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

/** Objects of one kind of this node and of another one, and the accounts that try to change them. */
final class RestrictionScene<T extends HasMetadata> {

    private final ControlPlane controlPlane;
    private final Class<T> type;
    private final @Nullable String namespace;
    private final Map<Account, Actor<T>> actors = new HashMap<>();

    /** @param namespace {@code null} for a kind that has none */
    RestrictionScene(ControlPlane controlPlane, Class<T> type, @Nullable String namespace) {
        this.controlPlane = controlPlane;
        this.type = type;
        this.namespace = namespace;
    }

    /** Those who may do everything. */
    Actor<T> people() {
        return actor(controlPlane.admin());
    }

    Actor<T> as(Account account) {
        return actors.computeIfAbsent(account, who -> actor(controlPlane.clientFor(who)));
    }

    /** An account of the operator's namespace to which RBAC gives every right. */
    Actor<T> asClimber() {
        return actor(controlPlane.climber());
    }

    T stored(String name) {
        return people().find(name).require();
    }

    boolean exists(String name) {
        return people().find(name).get() != null;
    }

    /** By RBAC or by the node restriction, for this reason. */
    static void denied(ThrowingCallable attempt, String reason) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(KubernetesClientException.class, refusal -> assertThat(refusal.getCode())
                        .isEqualTo(403))
                .hasMessageContaining(reason);
    }

    private Actor<T> actor(KubernetesClient client) {
        return new Actor<>(client, type, namespace);
    }
}
