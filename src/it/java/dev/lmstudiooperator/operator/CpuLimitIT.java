package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a tenth of a CPU the operator is slower, but behaves the same. */
@WithControlPlane
class CpuLimitIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final ControlPlane controlPlane;
    private final String namespace;
    private final List<String> liveness = new ArrayList<>();

    CpuLimitIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
    }

    @Test
    void operatorWithATenthOfACpuLoadsAndReloadsItsModelAndStaysAlive(@TempDir Path directory) {
        // Uses a usual poll interval, because a short one would take too much of the CPU.
        try (OperatorFixture fixture = OperatorFixture.start(
                        controlPlane, namespace, directory, Map.of("LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL", "2s"));
                CpuLimit limit = CpuLimit.on(fixture.operator().pid())) {
            fixture.lmStudio().set("cpuCostMillis", 300);
            eventually(
                    "the operator is ready",
                    PATIENCE,
                    () -> fixture.operator().get("/q/health/ready"),
                    answer -> answer.startsWith("200"));

            fixture.apply("slow", "model: llama-3.2-1b-instruct");
            awaitReadyAfterLoads(fixture, 1);
            fixture.lmStudio().evict("slow");
            awaitReadyAfterLoads(fixture, 2);

            assertThat(fixture.journal().loadsOf("slow")).containsExactly("loaded", "loaded");
            assertThat(fixture.operator().isAlive()).isTrue();
            assertThat(liveness)
                    .anyMatch(answer -> answer.startsWith("200"))
                    .noneMatch(answer -> answer.startsWith("503"));
            limit.lift();
            fixture.models().deleteAll();
        }
    }

    private void awaitReadyAfterLoads(OperatorFixture fixture, int loads) {
        eventually(
                "slow is ready after %d loads".formatted(loads),
                PATIENCE,
                () -> {
                    liveness.add(fixture.operator().get("/q/health/live"));
                    return Optional.ofNullable(fixture.resource("slow").get());
                },
                model -> model.filter(it -> isReadyAfterLoads(it, loads)).isPresent());
    }

    private static boolean isReadyAfterLoads(ManagedModel model, int loads) {
        return "True".equals(AppliedModels.condition(model, "Ready"))
                && Integer.valueOf(loads).equals(model.getStatus().loads());
    }
}
