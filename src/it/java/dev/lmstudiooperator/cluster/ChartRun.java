package dev.lmstudiooperator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.install.Helm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** docs/install.md with Helm, in the order of a life of a release. LM Studio keeps one model all the time. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChartRun {

    private static final String NODE = "node-1";
    private static final String NAMESPACE = OperatorInstallation.NAMESPACE;

    private final TestCluster cluster = TestCluster.running();
    private final Helm helm = Helm.installFor(cluster.kubeconfig());
    private final OperatorInstallation operator = new OperatorInstallation(cluster);
    private final NodeLmStudio lmStudio = NodeLmStudio.start(cluster, NODE);
    private final TestModels models = TestModels.inNewNamespace(cluster, "charted");

    @Test
    @Order(1)
    void releaseServesAModel() {
        operator.labelNodes(List.of(NODE));

        helm("install", "--create-namespace", "--set", "topology=single-node");
        cluster.kubectl(
                "label", "--overwrite", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=privileged");
        operator.awaitSingleNode();

        models.apply("kept", "identifier: chart-kept");
        models.awaitReadyOn("kept", NODE);
    }

    @Test
    @Order(2)
    void upgradeWithOtherSettingsReloadsNothing() {
        try (TestModels.ReadyHistory ready = models.recordReady("kept")) {
            helm("upgrade", "--set", "topology=single-node,settings.LMSTUDIO_OPERATOR_LOG_LEVEL=debug");
            operator.awaitSingleNode();

            models.awaitReady("kept");
            assertThat(ready.exceptions()).isEmpty();
        }
    }

    @Test
    @Order(3)
    void topologyChangesToClusterAndIsRolledBack() {
        helm("upgrade", "--set", "topology=cluster");
        operator.awaitCluster();
        models.awaitReadyOn("kept", NODE);

        helm.run("rollback", "lmstudio-operator", "--namespace", NAMESPACE).orThrow();
        operator.awaitSingleNode();
        models.awaitReadyOn("kept", NODE);
        assertThat(lmStudio.simulator().journal().loadsOf("chart-kept")).containsExactly("loaded");
    }

    @Test
    @Order(4)
    void uninstallKeepsTheResourceTypesTheModelAndItsInstance() {
        helm.run("uninstall", "lmstudio-operator", "--namespace", NAMESPACE, "--wait", "--timeout=100s")
                .orThrow();

        assertThat(operator.leftBehind())
                .contains("managedmodels.lmstudio-operator.dev", "lmstudionodes.lmstudio-operator.dev")
                .doesNotContain("role", "policy", "priorityclass");
        assertThat(models.resource("kept").require().getMetadata().getDeletionTimestamp())
                .isNull();
        assertThat(lmStudio.simulator().identifiers()).containsExactly("chart-kept");
    }

    @Test
    @Order(5)
    void nextReleaseFindsTheModelAndReloadsNothing() {
        helm("install", "--set", "topology=single-node");
        operator.awaitSingleNode();

        models.awaitReadyOn("kept", NODE);
        assertThat(lmStudio.simulator().journal().loadsOf("chart-kept")).containsExactly("loaded");
    }

    @Test
    @Order(6)
    void uninstallOfEverythingLeavesNothing() {
        cluster.kubectl("delete", "managedmodels", "--all", "-A", "--timeout=100s");
        helm.run("uninstall", "lmstudio-operator", "--namespace", NAMESPACE, "--wait", "--timeout=100s")
                .orThrow();
        cluster.kubectl(
                "delete",
                "crd",
                "managedmodels.lmstudio-operator.dev",
                "managedmodelsets.lmstudio-operator.dev",
                "lmstudionodes.lmstudio-operator.dev",
                "--timeout=100s");
        cluster.kubectl("delete", "namespace", NAMESPACE, "--timeout=100s");

        assertThat(operator.leftBehind()).isEmpty();
        assertThat(lmStudio.simulator().identifiers()).isEmpty();
    }

    /** After a failure, the next class finds an empty cluster too. */
    @AfterAll
    void remove() {
        helm.run("uninstall", "lmstudio-operator", "--namespace", NAMESPACE, "--ignore-not-found", "--timeout=100s")
                .orThrow();
        operator.remove();
    }

    private void helm(String command, String... options) {
        List<String> arguments = new ArrayList<>(
                List.of(command, "lmstudio-operator", "deploy/helm/lmstudio-operator", "--namespace", NAMESPACE));
        arguments.addAll(List.of(options));
        helm.run(arguments.toArray(String[]::new)).orThrow();
    }
}
