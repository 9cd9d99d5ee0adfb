package dev.lmstudiooperator.cluster;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.controlplane.Program;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The cluster that {@code hack/cluster} runs for these tests, and that they share. */
final class TestCluster {

    static final List<String> NODES = List.of("node-1", "node-2");

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Path DIRECTORY = Path.of("target", "cluster").toAbsolutePath();

    private static @Nullable TestCluster running;

    private final Path workFolder;
    private final KubernetesClient admin;

    private TestCluster() {
        try {
            this.workFolder = Files.createDirectories(DIRECTORY.resolve("tests"));
            this.admin = new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(kubeconfig().toFile()))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the cluster. The end of this process closes its client. */
    static synchronized TestCluster running() {
        if (running == null) {
            running = new TestCluster();
        }
        return running;
    }

    /** Waits for something that real Pods do, which takes longer than what a process does. */
    static <T extends @Nullable Object> T await(String claim, Supplier<T> look, Predicate<? super T> isSo) {
        return eventually(claim, PATIENCE, look, isSo);
    }

    KubernetesClient admin() {
        return admin;
    }

    Path kubeconfig() {
        return DIRECTORY.resolve("admin.kubeconfig");
    }

    Path workFolder() {
        return workFolder;
    }

    /** Returns the directory with the files of a node. */
    Path filesOf(String node) {
        return DIRECTORY.resolve("hosts").resolve(node);
    }

    /** Runs kubectl as the administrator in the project directory. The command must succeed. */
    String kubectl(String... arguments) {
        return program("kubectl", Map.of("KUBECONFIG", kubeconfig().toString()))
                .run(arguments)
                .orThrow();
    }

    /** Runs kubectl with a token only. */
    Program.Output kubectlWithToken(String token, String... arguments) {
        return program("kubectl", Map.of("KUBECONFIG", kubeconfigWith(token).toString()))
                .run(arguments);
    }

    /** Runs a command of {@code hack/cluster/cluster}. The command must succeed. */
    String harness(String... arguments) {
        return script("hack/cluster/cluster", arguments);
    }

    /** Runs a script of the project. It must succeed. */
    String script(String file, String... arguments) {
        return new Program(Path.of(file).toAbsolutePath(), Map.of(), workFolder)
                .run(arguments)
                .orThrow();
    }

    /** Returns the version of the project, which is the tag of its image. */
    String version() {
        return script("hack/release/version").strip();
    }

    String addressOf(String node) {
        return harness("address", node).strip();
    }

    private Program program(String name, Map<String, String> environment) {
        return new Program(DIRECTORY.resolve("programs").resolve(name), environment, workFolder);
    }

    private Path kubeconfigWith(String token) {
        try {
            return Files.writeString(Files.createTempFile(workFolder, "token-", ".kubeconfig"), """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: c, cluster: {server: "%s", certificate-authority: "%s"}}]
                    users: [{name: u, user: {token: "%s"}}]
                    contexts: [{name: x, context: {cluster: c, user: u}}]
                    current-context: x
                    """.formatted(
                            admin.getMasterUrl(), DIRECTORY.resolve("pki/ca.crt"), token));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
