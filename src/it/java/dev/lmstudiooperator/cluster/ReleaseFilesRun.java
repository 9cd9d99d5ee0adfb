package dev.lmstudiooperator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/install.md with {@code install.yaml} and {@code install-cluster.yaml} of a release. */
@TestInstance(Lifecycle.PER_CLASS)
class ReleaseFilesRun {

    private static final String NODE = "node-1";

    private final TestCluster cluster = TestCluster.running();
    private final OperatorInstallation operator = new OperatorInstallation(cluster);
    private final NodeLmStudio lmStudio = NodeLmStudio.start(cluster, NODE);

    @BeforeAll
    void writeFiles() {
        operator.labelNodes(List.of(NODE));
        cluster.script("hack/release/manifests", cluster.workFolder().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"install.yaml", "install-cluster.yaml"})
    void installedFileServesTheSampleAndItsDeletionLeavesNothing(String name) {
        String file = cluster.workFolder().resolve(name).toString();
        cluster.kubectl("apply", "--server-side", "-f", file);
        if (name.equals("install.yaml")) {
            operator.awaitSingleNode();
        } else {
            operator.awaitCluster();
        }

        cluster.kubectl("apply", "-k", "k8s/samples");
        cluster.kubectl("wait", "managedmodel/llama", "-n", "models", "--for=condition=Available", "--timeout=100s");
        assertThat(lmStudio.simulator().identifiers()).containsExactly("team-a-llama");

        cluster.kubectl("delete", "managedmodels", "--all", "-A", "--timeout=100s");
        cluster.kubectl("delete", "-f", file, "--ignore-not-found", "--timeout=110s");
        assertThat(operator.leftBehind()).isEmpty();
        assertThat(lmStudio.simulator().identifiers()).isEmpty();
    }

    /** After a failure, the next class finds an empty cluster too. */
    @AfterAll
    void remove() {
        operator.remove();
        cluster.kubectl("delete", "namespace", "models", "--ignore-not-found", "--timeout=100s");
    }
}
