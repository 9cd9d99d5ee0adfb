package dev.lmstudiooperator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** docs/install.md with kustomize, in the order of a life of an installation. LM Studio keeps one model all the time. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InstallRun {

    private static final String NODE = "node-1";

    /** The image of `make image` under the tag of a later release. */
    private static final String NEXT = "next";

    private final TestCluster cluster = TestCluster.running();
    private final OperatorInstallation operator = new OperatorInstallation(cluster);
    private final NodeLmStudio lmStudio = NodeLmStudio.start(cluster, NODE);
    private final TestModels models = TestModels.inNewNamespace(cluster, "installed");
    private final String version = cluster.version();

    @BeforeAll
    void nameTheImageOfTheNextRelease() {
        operator.labelNodes(List.of(NODE));
        for (String node : TestCluster.NODES) {
            cluster.harness(
                    "exec",
                    node,
                    "ctr",
                    "--namespace",
                    "k8s.io",
                    "images",
                    "tag",
                    "--force",
                    "docker.io/library/lmstudio-operator:" + version,
                    "docker.io/library/lmstudio-operator:" + NEXT);
        }
    }

    @Test
    @Order(1)
    void singleNodeServesAModel() {
        operator.apply("k8s/overlays/single-node");
        operator.awaitSingleNode();

        models.apply("kept", "identifier: install-kept");

        models.awaitReadyOn("kept", NODE);
        assertThat(operator.podsOf("all")).hasSize(1);
    }

    @Test
    @Order(2)
    void upgradeReplacesThePodAndReloadsNothing() {
        try (TestModels.ReadyHistory ready = models.recordReady("kept")) {
            operator.apply(overlayOfNextRelease("single-node"));
            operator.awaitSingleNode();

            assertThat(images("all")).containsExactly("lmstudio-operator:" + NEXT);
            models.awaitReady("kept");
            assertThat(ready.exceptions()).isEmpty();
        }
    }

    @Test
    @Order(3)
    void rollbackReplacesThePodAndReloadsNothing() {
        operator.apply("k8s/overlays/single-node");
        operator.awaitSingleNode();

        assertThat(images("all")).containsExactly("lmstudio-operator:" + version);
        models.awaitReady("kept");
    }

    @Test
    @Order(4)
    void topologyChangesToClusterAndBack() {
        cluster.kubectl("delete", "daemonset", "lmstudio-operator-all", "-n", OperatorInstallation.NAMESPACE);
        operator.apply("k8s/overlays/cluster");
        operator.awaitCluster();
        models.awaitReadyOn("kept", NODE);

        cluster.kubectl(
                "delete",
                "daemonset,deployment,pdb",
                "-l",
                "app.kubernetes.io/name=lmstudio-operator",
                "-n",
                OperatorInstallation.NAMESPACE);
        operator.apply("k8s/overlays/single-node");
        operator.awaitSingleNode();
        models.awaitReadyOn("kept", NODE);
    }

    @Test
    @Order(5)
    void nothingOfItReloadedTheModel() {
        assertThat(lmStudio.simulator().journal().loadsOf("install-kept")).containsExactly("loaded");
        assertThat(lmStudio.simulator().identifiers()).contains("install-kept");
    }

    @Test
    @Order(6)
    void deletedModelIsUnloadedBeforeTheUninstall() {
        cluster.kubectl("delete", "managedmodels", "--all", "-A", "--timeout=100s");

        assertThat(lmStudio.simulator().identifiers()).isEmpty();
    }

    @Test
    @Order(7)
    void uninstallOfEverythingLeavesNothing() {
        cluster.kubectl("delete", "-k", "k8s/overlays/single-node", "--ignore-not-found", "--timeout=110s");

        assertThat(operator.leftBehind()).isEmpty();
        assertThat(cluster.admin()
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .list()
                        .getItems())
                .extracting(type -> type.getSpec().getNames().getKind())
                .doesNotContain(ManagedModel.class.getSimpleName());
    }

    /** After a failure, the next class finds an empty cluster too. */
    @AfterAll
    void remove() {
        operator.remove();
    }

    private List<String> images(String component) {
        return operator.podsOf(component).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .map((Pod pod) -> pod.getSpec().getContainers().getFirst().getImage())
                .toList();
    }

    /** Returns an overlay as docs/install.md describes it: with the overlay of the project, and another tag. */
    private String overlayOfNextRelease(String overlay) {
        try {
            Path folder = Files.createTempDirectory(cluster.workFolder(), "overlay-");
            Files.writeString(folder.resolve("kustomization.yaml"), """
                    apiVersion: kustomize.config.k8s.io/v1beta1
                    kind: Kustomization
                    resources: [%s]
                    images: [{name: lmstudio-operator, newTag: %s}]
                    """.formatted(
                            folder.relativize(Path.of("k8s/overlays", overlay).toAbsolutePath()), NEXT));
            return folder.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
