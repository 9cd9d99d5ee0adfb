package dev.lmstudiooperator.controlplane;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A real etcd and kube-apiserver, with RBAC and admission policies, without controllers and kubelets: namespaces are not
 * emptied, owners are not followed, Pods do not run. What it leaves behind for reading is in {@code target/control-plane}.
 */
public final class ControlPlane implements AutoCloseable {

    private static final String AUDIT_POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
              - level: Metadata
            """;

    private final Path workFolder;
    private final Binaries binaries;
    private final KubeAPIServer server;
    private final Kubeconfigs kubeconfigs;
    private final KubernetesClient admin;
    private final KubernetesClient climber;
    private final List<KubernetesClient> clients = new ArrayList<>();

    private ControlPlane(Path workFolder, Binaries binaries, KubeAPIServer server) {
        this.workFolder = workFolder;
        this.binaries = binaries;
        this.server = server;
        String kubeconfig = server.getKubeConfigYaml();
        this.admin = open(Config.fromKubeconfig(kubeconfig));
        this.climber = open(new ConfigBuilder(admin.getConfiguration())
                .withImpersonateUsername("system:serviceaccount:" + Account.OPERATOR_NAMESPACE + ":climber")
                .withImpersonateGroups("system:masters")
                .build());
        this.kubeconfigs = new Kubeconfigs(kubeconfig, admin, workFolder);
    }

    /** Starts an empty one. Most tests rather share the one of {@link WithControlPlane}. */
    public static ControlPlane start() {
        Path workFolder = newWorkFolder();
        Binaries binaries = Binaries.install(workFolder);
        KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(binaries.base().toString())
                .withApiServerVersion(binaries.version())
                .withOfflineMode(true)
                .withUpdateKubeConfig(false)
                .withApiServerFlags(List.of(
                        "--audit-policy-file=" + write(workFolder.resolve("audit-policy.yaml"), AUDIT_POLICY),
                        "--audit-log-path=" + auditLog(workFolder)))
                .build());
        startAlone(server, binaries.base());
        return new ControlPlane(workFolder, binaries, server);
    }

    /** The first one on a machine makes the certificates, which all of them share; several processes may begin at once. */
    private static void startAlone(KubeAPIServer server, Path folder) {
        try (FileChannel file =
                FileChannel.open(folder.resolve("start.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Held until the channel is closed.
            file.lock();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does what a user does to install the operator, and waits until the API server has taken it in. */
    public ControlPlane applyManifests() {
        kubectl().run("apply", "--server-side", "-k", "k8s").orThrow();
        kubectl()
                .run(
                        "wait",
                        "--for=condition=Established",
                        "--timeout=60s",
                        "crd/" + HasMetadata.getFullResourceName(ManagedModel.class),
                        "crd/" + HasMetadata.getFullResourceName(LMStudioNode.class))
                .orThrow();
        new NodeRestriction(climber).awaitStanding();
        return this;
    }

    /** A client that may do everything. */
    public KubernetesClient admin() {
        return admin;
    }

    /** A client of an account of the operator's namespace that RBAC lets do everything, so that only the node restriction stops it. */
    public KubernetesClient climber() {
        return climber;
    }

    /** A client that may do what the account may do. Its token is made now, and is bound to the account's node. */
    public KubernetesClient clientFor(Account account) {
        return open(Config.fromKubeconfig(kubeconfigs.contentFor(account)));
    }

    /** A kubeconfig file to start a process with that acts as the account. */
    public Path kubeconfigFor(Account account) {
        return kubeconfigs.fileFor(account);
    }

    /** A kubeconfig file to start a process with that may do everything. */
    public Path adminKubeconfig() {
        return kubeconfigs.adminFile();
    }

    /** A port of its own to this API server; shut at first. */
    public Gate gate() {
        URL server = admin.getMasterUrl();
        return Gate.before(server.getHost(), server.getPort());
    }

    /** The same as {@link #kubeconfigFor(Account)}, through a gate. */
    public Path kubeconfigFor(Account account, Gate gate) {
        return kubeconfigs.fileFor(account, gate.port());
    }

    /** The same, through whatever serves this API at that address. */
    public Path kubeconfigFor(Account account, URI address) {
        return kubeconfigs.fileFor(account, address);
    }

    /** kubectl as somebody who may do everything. */
    public Kubectl kubectl() {
        return new Kubectl(binaries.kubectl(), adminKubeconfig(), workFolder);
    }

    /** kubectl with a kubeconfig that somebody was given. */
    public Kubectl kubectlWith(Path kubeconfig) {
        return new Kubectl(binaries.kubectl(), kubeconfig, workFolder);
    }

    /** kubectl as the account. */
    public Kubectl kubectlAs(Account account) {
        return new Kubectl(binaries.kubectl(), kubeconfigFor(account), workFolder);
    }

    /** deploy/enroll-node as somebody who may do everything. */
    public Program enrollNode() {
        return enrollNodeWith(adminKubeconfig());
    }

    /** The same as the account. */
    public Program enrollNodeAs(Account account) {
        return enrollNodeWith(kubeconfigFor(account));
    }

    private Program enrollNodeWith(Path kubeconfig) {
        return new Program(
                Path.of("deploy", "enroll-node"),
                Map.of(
                        "HOME", workFolder.toString(),
                        "KUBECONFIG", kubeconfig.toString(),
                        "PATH", binaries.kubectl().getParent() + ":/usr/bin:/bin"),
                workFolder);
    }

    /** A namespace that nobody else uses; its name begins with the prefix. */
    public TestNamespace createNamespace(String prefix) {
        var namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName(prefix + "-")
                .endMetadata()
                .build();
        return new TestNamespace(
                admin.resource(namespace).create().getMetadata().getName());
    }

    /** Every request so far that was answered, one JSON object of {@code audit.k8s.io/v1} per line, without bodies. */
    public Path auditLog() {
        return auditLog(workFolder);
    }

    @Override
    public void close() {
        clients.forEach(KubernetesClient::close);
        server.stop();
    }

    private KubernetesClient open(Config config) {
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        clients.add(client);
        return client;
    }

    private static Path newWorkFolder() {
        try {
            Path parent = Files.createDirectories(Path.of("target", "control-plane"));
            return Files.createTempDirectory(parent, "").toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path auditLog(Path workFolder) {
        return workFolder.resolve("audit.log");
    }

    private static Path write(Path file, String content) {
        try {
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
