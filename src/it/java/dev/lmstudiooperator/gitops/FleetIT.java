package dev.lmstudiooperator.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Kubectl;
import dev.lmstudiooperator.controlplane.RenderedManifests;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Renders the repositories in {@code deploy/gitops} with kustomize and applies them to the API server. */
@WithControlPlane
class FleetIT {

    private static final String MODELS = "deploy/gitops/models/team-a";

    private final ControlPlane controlPlane;
    private final Kubectl kubectl;

    FleetIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
        this.kubectl = controlPlane.kubectl();
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void kustomizationBuilds(Path folder) {
        assertThat(RenderedManifests.of(
                                kubectl.run("kustomize", folder.toString()).orThrow())
                        .objects())
                .isNotEmpty();
    }

    @Test
    void modelsAreAcceptedToTheLetter() {
        kubectl.run("apply", "--server-side", "-f", MODELS + "/namespace.yaml").orThrow();

        assertThat(kubectl.run("apply", "--server-side", "--dry-run=server", "--validate=strict", "-k", MODELS)
                        .lines())
                .containsExactlyInAnyOrder(
                        "namespace/team-a serverside-applied (server dry run)",
                        "managedmodel.lmstudio-operator.dev/chat serverside-applied (server dry run)",
                        "managedmodel.lmstudio-operator.dev/embeddings serverside-applied (server dry run)");
    }

    /** Like the kustomize-controller of Flux and Argo CD, wraps the kustomization in another one. */
    @ParameterizedTest
    @MethodSource("images")
    void imageOfTheClusterIsThatOfTheOverlay(String images) throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "gitops")), "");
        Path overlay = Path.of("k8s/overlays/cluster");
        Files.writeString(
                folder.resolve("kustomization.yaml"),
                "resources: [%s]%nimages: %s%n".formatted(folder.relativize(overlay), images));

        RenderedManifests plain = RenderedManifests.of(
                kubectl.run("kustomize", overlay.toString()).orThrow());
        RenderedManifests ours =
                RenderedManifests.of(kubectl.run("kustomize", folder.toString()).orThrow());

        assertThat(imagesOf(ours))
                .containsExactlyElementsOf(imagesOf(plain).stream()
                        .map(image -> "images.example.com/" + image)
                        .toList());
    }

    @Test
    void argoCdKeepsWhatItKnewBesideOurScripts() {
        kubectl.run("create", "namespace", "argocd").orThrow();
        controlPlane
                .admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("argocd-cm")
                        .withNamespace("argocd")
                        .endMetadata()
                        .addToData("url", "https://argocd.example.com")
                        .build())
                .create();

        kubectl.run(
                        "patch",
                        "configmap",
                        "argocd-cm",
                        "-n",
                        "argocd",
                        "--patch-file",
                        "deploy/gitops/argocd/argocd-cm.yaml")
                .orThrow();

        ConfigMap patched = controlPlane
                .admin()
                .configMaps()
                .inNamespace("argocd")
                .withName("argocd-cm")
                .require();
        assertThat(patched.getData())
                .containsKeys(
                        "url",
                        "resource.customizations.health.lmstudio-operator.dev_ManagedModel",
                        "resource.customizations.health.lmstudio-operator.dev_LMStudioNode");
    }

    static List<Path> kustomizations() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("deploy/gitops"))) {
            return files.filter(folder -> Files.exists(folder.resolve("kustomization.yaml")))
                    .toList();
        }
    }

    static List<String> images() throws IOException {
        return List.of(Fleet.imagesOfFlux(), Fleet.imagesOfArgoCd());
    }

    private static List<String> imagesOf(RenderedManifests objects) {
        return Stream.of(
                        objects.get(Deployment.class, "lmstudio-operator-controller")
                                .getSpec()
                                .getTemplate(),
                        objects.get(DaemonSet.class, "lmstudio-operator-agent")
                                .getSpec()
                                .getTemplate())
                .map(template -> template.getSpec().getContainers().getFirst().getImage())
                .toList();
    }
}
