package dev.lmstudiooperator.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** The kustomize-controller and the source-controller of Flux. They are services next to the control plane. */
record Flux(TestCluster cluster) {

    static final String NAMESPACE = "flux-system";

    private static final String HOST = "control-plane";
    private static final String COMMON = " --watch-all-namespaces --metrics-addr=0 --health-addr=0 --log-level=info";

    private static final Map<String, String> OPTIONS = Map.of(
            "source-controller",
                    "--storage-path=/run/flux --storage-addr=127.0.0.1:9090 --storage-adv-addr=127.0.0.1:9090",
            "kustomize-controller", "--requeue-dependency=2s");

    private static final String SERVICE = """
            #!/bin/sh
            mkdir -p /run/flux
            export KUBECONFIG=/run/host/pki/admin.kubeconfig RUNTIME_NAMESPACE=%s
            exec '%s' %s
            """;

    /** Installs their CRDs, and starts them. */
    static Flux start(TestCluster cluster) {
        try {
            Path crds = Files.writeString(
                    cluster.workFolder().resolve("flux.yaml"), cluster.script("hack/envtest/flux", "crds"));
            cluster.kubectl("apply", "--server-side", "-f", crds.toString());
            cluster.kubectl("create", "namespace", NAMESPACE);
            Path programs =
                    Path.of(cluster.script("hack/envtest/flux", "install").strip());
            for (Map.Entry<String, String> controller : OPTIONS.entrySet()) {
                String name = controller.getKey();
                Path service = Files.writeString(
                        cluster.filesOf(HOST).resolve("services").resolve(name),
                        SERVICE.formatted(NAMESPACE, programs.resolve(name), controller.getValue() + COMMON));
                Files.setPosixFilePermissions(service, PosixFilePermissions.fromString("rwxr-xr-x"));
                cluster.harness("service", "start", HOST, name);
            }
            return new Flux(cluster);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates the objects that `flux bootstrap` creates for a repository and a cluster. */
    void bootstrap(String url, String path) {
        try {
            Path file = Files.writeString(
                    cluster.workFolder().resolve("bootstrap.yaml"), """
                    apiVersion: source.toolkit.fluxcd.io/v1
                    kind: GitRepository
                    metadata: {name: %1$s, namespace: %1$s}
                    spec: {interval: 1m, url: "%2$s", ref: {branch: main}}
                    ---
                    apiVersion: kustomize.toolkit.fluxcd.io/v1
                    kind: Kustomization
                    metadata: {name: %1$s, namespace: %1$s}
                    spec: {interval: 10m, path: "%3$s", prune: true, sourceRef: {kind: GitRepository, name: %1$s}}
                    """.formatted(NAMESPACE, url, path));
            cluster.kubectl("apply", "--server-side", "-f", file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the source-controller read the repository now, as `flux reconcile source git` does. */
    void reconcile() {
        cluster.kubectl(
                "annotate",
                "--overwrite",
                "gitrepository/" + NAMESPACE,
                "-n",
                NAMESPACE,
                "reconcile.fluxcd.io/requestedAt=" + Instant.now());
    }

    /** Waits until the Kustomization is Ready with this commit. */
    Kustomization awaitReady(String name, String commit) {
        return await(
                name, "is ready with " + commit, now -> "True".equals(now.ready("status")) && now.hasApplied(commit));
    }

    Kustomization await(String name, String claim, Predicate<Kustomization> isSo) {
        return TestCluster.await(
                        "Kustomization " + name + " " + claim,
                        () -> Optional.ofNullable(cluster.admin()
                                .genericKubernetesResources("kustomize.toolkit.fluxcd.io/v1", "Kustomization")
                                .inNamespace(NAMESPACE)
                                .withName(name)
                                .get()),
                        found -> found.map(Kustomization::new).filter(isSo).isPresent())
                .map(Kustomization::new)
                .orElseThrow();
    }

    /** Deletes the objects of Flux and what belongs to them, and stops the controllers. */
    void remove() {
        cluster.kubectl("delete", "kustomizations,gitrepositories", "--all", "-n", NAMESPACE, "--timeout=100s");
        OPTIONS.keySet().forEach(name -> cluster.harness("service", "stop", HOST, name));
        cluster.kubectl("delete", "namespace", NAMESPACE, "--timeout=100s");
        cluster.kubectl(
                "delete", "-f", cluster.workFolder().resolve("flux.yaml").toString(), "--timeout=100s");
    }

    /** A Kustomization as the API server returned it. */
    record Kustomization(GenericKubernetesResource resource) {

        /** Returns a field of the condition Ready; empty if there is none. */
        String ready(String field) {
            return conditions().stream()
                    .filter(condition -> "Ready".equals(condition.get("type")))
                    .map(condition -> String.valueOf(condition.get(field)))
                    .findFirst()
                    .orElse("");
        }

        boolean hasApplied(String commit) {
            String revision = resource.get("status", "lastAppliedRevision");
            return revision != null && revision.endsWith(commit);
        }

        boolean isCheckingHealth() {
            return conditions().stream().anyMatch(condition -> String.valueOf(condition.get("message"))
                    .startsWith("Running health checks"));
        }

        private List<Map<String, Object>> conditions() {
            List<Map<String, Object>> conditions = resource.get("status", "conditions");
            return Objects.requireNonNullElse(conditions, List.of());
        }
    }
}
