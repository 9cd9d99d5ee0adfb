package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of several controllers one is at work, and another takes over from it. */
@WithControlPlane
class LeadershipIT {

    private static final Duration FAILOVER = Duration.ofSeconds(20);
    private static final String ANYWHERE = "model: qwen3-4b";

    @Test
    void anotherControllerTakesOverWithinTwentySeconds(
            ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        try (Cluster cluster = Cluster.on(controlPlane, namespace.name(), folder);
                StandIn node = StandIn.start(controlPlane.admin(), "one")) {
            OperatorProcess first = cluster.addController().awaitReady();
            cluster.models().apply("before", ANYWHERE);
            cluster.models().await("before", "is bound", model -> node.name()
                    .equals(model.getStatus().nodeName()));
            String leader = holder(controlPlane);
            OperatorProcess second = cluster.addController().awaitReady();
            assertThat(holder(controlPlane)).isEqualTo(leader);

            first.kill();
            cluster.models().apply("after", ANYWHERE);

            eventually(
                    "the other controller binds",
                    FAILOVER,
                    () -> cluster.models().resource("after").get().getStatus().nodeName(),
                    bound -> Objects.equals(bound, node.name()));
            assertThat(holder(controlPlane)).isNotEqualTo(leader);

            second.close();
            assertThat(holder(controlPlane)).isNullOrEmpty();
        }
    }

    private static String holder(ControlPlane controlPlane) {
        return controlPlane
                .admin()
                .leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withName("controller")
                .get()
                .getSpec()
                .getHolderIdentity();
    }
}
