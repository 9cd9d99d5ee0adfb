package dev.lmstudiooperator.manifests;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.RenderedManifests;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packaged operator with the environment variables of the Pods of the overlay. */
@WithControlPlane
class WorkloadsIT {

    private static final String NODE = "workloads-node";

    private final ControlPlane controlPlane;
    private final RenderedManifests cluster;

    WorkloadsIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
        this.cluster = RenderedManifests.of(
                controlPlane.kubectl().run("kustomize", "k8s/overlays/cluster").orThrow());
    }

    @Test
    void controllerBecomesReady() {
        Map<String, String> environment = environmentOf(
                cluster.get(Deployment.class, "lmstudio-operator-controller")
                        .getSpec()
                        .getTemplate(),
                Account.controller());

        try (OperatorProcess controller = OperatorProcess.launch(environment)) {
            controller.awaitReady();
        }
    }

    /** Draining a node and eviction requests do not wait for the controller, and do not evict the agent alone. */
    @Test
    void drainsAndAutoscalersAreNotHeldUp() {
        PodDisruptionBudgetSpec budget = cluster.get(PodDisruptionBudget.class, "lmstudio-operator-controller")
                .getSpec();
        Deployment controller = cluster.get(Deployment.class, "lmstudio-operator-controller");
        DaemonSet agent = cluster.get(DaemonSet.class, "lmstudio-operator-agent");

        assertThat(budget.getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(budget.getMinAvailable()).isNull();
        assertThat(annotationsOf(controller.getSpec().getTemplate()))
                .isEqualTo(Map.of("cluster-autoscaler.kubernetes.io/safe-to-evict", "true"));
        assertThat(annotationsOf(agent.getSpec().getTemplate()))
                .isEqualTo(Map.of("cluster-autoscaler.kubernetes.io/enable-ds-eviction", "false"));
    }

    private static Map<String, String> annotationsOf(PodTemplateSpec template) {
        return template.getMetadata().getAnnotations();
    }

    /** The mounted home directory does not belong to the user who runs LM Studio. */
    @Test
    void nodeOfAnAgentWithAWrongHomeReportsTheMissingPath(@TempDir Path home) {
        Map<String, String> environment = environmentOf(
                cluster.get(DaemonSet.class, "lmstudio-operator-agent")
                        .getSpec()
                        .getTemplate(),
                Account.agentOn(NODE));
        environment.replaceAll((name, value) -> value.replace("/home/lmstudio", home.toString()));

        try (OperatorProcess agent = OperatorProcess.launch(environment)) {
            eventually(
                    "the LMStudioNode reports the missing file",
                    () -> String.valueOf(controlPlane
                            .admin()
                            .resources(LMStudioNode.class)
                            .withName(NODE)
                            .get()),
                    node -> node.contains("There is no lms at " + home + "/.lmstudio/bin/lms"));
            assertThat(agent.isAlive()).isTrue();
        }
    }

    private Map<String, String> environmentOf(PodTemplateSpec template, Account account) {
        assertThat(template.getSpec().getServiceAccountName()).isEqualTo(account.name());
        Map<String, String> environment = new HashMap<>();
        template.getSpec().getContainers().getFirst().getEnv().forEach(variable -> {
            String value = variable.getValue() != null
                    ? variable.getValue()
                    : switch (variable.getValueFrom().getFieldRef().getFieldPath()) {
                        case "metadata.namespace" -> account.namespace();
                        case "spec.nodeName" -> NODE;
                        default -> throw new AssertionError("The variable " + variable + " is unknown");
                    };
            environment.put(variable.getName(), value);
        });
        environment.put("KUBECONFIG", controlPlane.kubeconfigFor(account).toString());
        return environment;
    }
}
