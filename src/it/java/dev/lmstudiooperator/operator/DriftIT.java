package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Kubectl;
import dev.lmstudiooperator.controlplane.Program;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Defaults, finalizers and statuses are no drift from the applied manifest: GitOps tools have nothing to correct. */
@OperatorTest
class DriftIT {

    private final Kubectl kubectl;

    /** @param fixture the operator that makes the ManagedModels ready */
    DriftIT(OperatorFixture fixture, ControlPlane controlPlane) {
        this.kubectl = controlPlane.kubectl();
    }

    @ParameterizedTest
    @CsvSource({
        "k8s/samples, models, false",
        "k8s/samples, models, true",
        "deploy/gitops/models/team-a, team-a, false",
        "deploy/gitops/models/team-a, team-a, true",
    })
    void readyModelsDoNotDifferFromTheAppliedManifest(String folder, String namespace, boolean isOnTheServerSide) {
        String serverSide = "--server-side=" + isOnTheServerSide;
        kubectl.run("apply", serverSide, "-k", folder).orThrow();
        kubectl.run("wait", "mm", "--all", "-n", namespace, "--for=condition=Ready", "--timeout=60s")
                .orThrow();

        Program.Output difference = kubectl.run("diff", serverSide, "-k", folder);

        assertThat(difference.out()).isEmpty();
        assertThat(difference.exitCode()).isZero();
        kubectl.run("delete", "mm", "--all", "-n", namespace, "--timeout=60s").orThrow();
    }
}
