package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections to the API server die without a notification, for example because a router dropped them or a machine slept.
 */
@WithControlPlane
class LostConnectionsIT {

    private static final Duration UNTIL_NOTICED = Duration.ofSeconds(60);

    @Test
    void newObjectIsSeenWithinAMinute(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        try (TcpProxy proxy = controlPlane.proxy();
                OperatorFixture fixture = OperatorFixture.start(
                        controlPlane,
                        namespace.name(),
                        folder,
                        OperatorFixture.through(proxy, controlPlane, namespace.name()))) {
            proxy.open();
            fixture.operator().awaitReady();
            fixture.applyAndAwaitLoad("before", LLAMA);

            proxy.loseConnections();
            fixture.apply("after", LLAMA);

            eventually(
                    "the operator observes the applied model",
                    UNTIL_NOTICED,
                    () -> Optional.ofNullable(fixture.resource("after").get().getStatus())
                            .map(ManagedModelStatus::observedGeneration)
                            .orElse(-1L),
                    generation -> generation > 0);
            fixture.awaitReadyAfterLoads("after", 1);
            assertThat(fixture.journal().loadsOf("before")).containsExactly("loaded");
            fixture.models().deleteAll();
        }
    }
}
