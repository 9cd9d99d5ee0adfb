package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The credentials or the address of the API server change while the process runs. The process exits, and its supervisor
 * starts it with the new ones.
 */
@WithControlPlane
class CredentialsIT {

    private static final String WHY = "Kubeconfig or certificate changed; exiting";
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

    private final ControlPlane controlPlane;
    private final String namespace;
    private final Account account;
    private final Path folder;
    private final Path kubeconfig;

    CredentialsIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
        this.account = Account.allOn(OperatorFixture.nodeOf(namespace.name()));
        this.folder = folder;
        this.kubeconfig = folder.resolve("kubeconfig");
    }

    @Test
    void kubeconfigWithAnotherApiServerIsUsedAfterARestart() throws IOException {
        try (TcpProxy before = controlPlane.proxy();
                TcpProxy after = controlPlane.proxy()) {
            before.open();
            after.open();
            Files.copy(controlPlane.kubeconfigFor(account, before), kubeconfig);
            try (OperatorFixture fixture = startReady()) {
                replace(kubeconfig, controlPlane.kubeconfigFor(account, after));
                assertEnds(fixture);
                before.shut();

                serveAgain(fixture);
            }
        }
    }

    @Test
    void newCertificateAuthorityIsUsedAfterARestart() throws IOException {
        Config config = Serialization.unmarshal(Files.readString(controlPlane.kubeconfigFor(account)), Config.class);
        Cluster cluster = config.getClusters().getFirst().getCluster();
        Path authority = folder.resolve("ca.crt");
        Files.copy(Path.of(cluster.getCertificateAuthority()), authority);
        cluster.setCertificateAuthority(authority.toString());
        Files.writeString(kubeconfig, Serialization.asYaml(config));
        try (OperatorFixture fixture = startReady()) {
            // Both authorities are trusted, as during a rotation.
            String one = Files.readString(authority);
            replace(authority, Files.writeString(folder.resolve("ca.new"), one + one));
            assertEnds(fixture);

            serveAgain(fixture);
        }
    }

    private OperatorFixture startReady() {
        OperatorFixture fixture =
                OperatorFixture.start(controlPlane, namespace, folder, Map.of("KUBECONFIG", kubeconfig.toString()));
        fixture.operator().awaitReady();
        fixture.applyAndAwaitLoad("kept", LLAMA);
        return fixture;
    }

    private static void assertEnds(OperatorFixture fixture) {
        eventually(
                "the process exits by itself",
                HALF_A_MINUTE,
                () -> fixture.operator().isAlive(),
                isAlive -> !isAlive);
        assertThat(fixture.operator().awaitEnd()).isEqualTo(1);
        assertThat(fixture.operator().log()).contains(WHY);
    }

    /** Restarts the operator, as its supervisor does. */
    private static void serveAgain(OperatorFixture fixture) {
        fixture.restartOperator();
        fixture.operator().awaitReady();
        fixture.lmStudio().evict("kept");
        fixture.awaitReadyAfterLoads("kept", 2);
        assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded", "loaded");
        fixture.deleteAndAwaitGone("kept");
    }

    /** Replaces the file atomically, so that no reader sees half of it. */
    private static void replace(Path file, Path by) throws IOException {
        Files.move(by, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
