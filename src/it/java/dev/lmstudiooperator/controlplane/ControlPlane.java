package dev.lmstudiooperator.controlplane;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
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
 * A real etcd and kube-apiserver with RBAC and admission policies, but without controllers and kubelets. Namespaces are
 * not emptied, dependents are not garbage collected, and Pods do not run. Its logs are in {@code target/control-plane}.
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
    private volatile long auditLogStart;

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

    /** Starts an empty control plane. Most tests share the one of {@link WithControlPlane} instead. */
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
                        "--audit-log-path=" + auditLog(workFolder),
                        "--audit-log-maxsize=10000"))
                .build());
        startAlone(server, binaries.base());
        return new ControlPlane(workFolder, binaries, server);
    }

    /**
     * Starts the server while holding a file lock. The first start on a machine creates the certificates that all
     * processes share. A lock of a file does not exclude other threads of this process.
     */
    private static synchronized void startAlone(KubeAPIServer server, Path folder) {
        try (FileChannel file =
                FileChannel.open(folder.resolve("start.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // The lock is held until the channel is closed.
            file.lock();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Installs the operator like a user, and waits until the API server enforces the manifests. */
    public ControlPlane applyManifests() {
        kubectl().run("apply", "--server-side", "-k", "k8s").orThrow();
        kubectl()
                .run(
                        "wait",
                        "--for=condition=Established",
                        "--timeout=60s",
                        "crd/" + HasMetadata.getFullResourceName(ManagedModel.class),
                        "crd/" + HasMetadata.getFullResourceName(ManagedModelSet.class),
                        "crd/" + HasMetadata.getFullResourceName(LMStudioNode.class))
                .orThrow();
        new NodeRestriction(climber).awaitStanding();
        return this;
    }

    /** Returns a client with all permissions. */
    public KubernetesClient admin() {
        return admin;
    }

    /**
     * Returns a client of an account in the operator's namespace to which RBAC grants everything. Only the node
     * restriction limits it.
     */
    public KubernetesClient climber() {
        return climber;
    }

    /** Returns a client with the permissions of the account. Its token is new and bound to the node of the account. */
    public KubernetesClient clientFor(Account account) {
        return open(Config.fromKubeconfig(kubeconfigs.contentFor(account)));
    }

    /** Returns a kubeconfig file for a process that acts as the account. */
    public Path kubeconfigFor(Account account) {
        return kubeconfigs.fileFor(account);
    }

    /** Returns a kubeconfig file for a process with all permissions. */
    public Path adminKubeconfig() {
        return kubeconfigs.adminFile();
    }

    /** Returns a new proxy in front of this API server. It is shut. */
    public TcpProxy proxy() {
        URL server = admin.getMasterUrl();
        return TcpProxy.before(server.getHost(), server.getPort());
    }

    /** Like {@link #kubeconfigFor(Account)}, but through a proxy. */
    public Path kubeconfigFor(Account account, TcpProxy proxy) {
        return kubeconfigs.fileFor(account, proxy.port());
    }

    /** Like {@link #kubeconfigFor(Account)}, but through a proxy at this address. */
    public Path kubeconfigFor(Account account, URI address) {
        return kubeconfigs.fileFor(account, address);
    }

    /** Returns kubectl with all permissions. */
    public Kubectl kubectl() {
        return new Kubectl(binaries.kubectl(), adminKubeconfig(), workFolder);
    }

    /** Returns kubectl with this kubeconfig. */
    public Kubectl kubectlWith(Path kubeconfig) {
        return new Kubectl(binaries.kubectl(), kubeconfig, workFolder);
    }

    /** Returns kubectl as the account. */
    public Kubectl kubectlAs(Account account) {
        return new Kubectl(binaries.kubectl(), kubeconfigFor(account), workFolder);
    }

    /** Returns {@code deploy/enroll-node} with all permissions. */
    public Program enrollNode() {
        return enrollNodeWith(adminKubeconfig());
    }

    /** Returns {@code deploy/enroll-node} as the account. */
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

    /** Creates a unique namespace with this name prefix. */
    public TestNamespace createNamespace(String prefix) {
        var namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName(prefix + "-")
                .endMetadata()
                .build();
        return new TestNamespace(
                admin.resource(namespace).create().getMetadata().getName());
    }

    /** Returns the audit log since the start of the test class. */
    public AuditLog auditLog() {
        return new AuditLog(auditLog(workFolder), auditLogStart);
    }

    /** Another test class uses this control plane from now on. */
    void beginTestClass() {
        try {
            auditLogStart = Files.size(auditLog(workFolder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
