package dev.lmstudiooperator.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Applies the files in {@code k8s/} to a separate API server, because the first installation differs from later ones.
 */
class ManifestsIT {

    private final ControlPlane controlPlane = ControlPlane.start();
    private final Kubectl kubectl = controlPlane.kubectl();

    @AfterEach
    void stop() {
        controlPlane.close();
    }

    @Test
    void applyingAgainChangesNothing() {
        // given
        apply();

        // when
        List<String> again = apply();

        // then
        assertThat(again).isNotEmpty().allSatisfy(line -> assertThat(line).endsWith(" unchanged"));
    }

    @Test
    void applyingAgainOnTheServerSideChangesNothing() {
        // given
        apply("--server-side");
        List<String> before = versions();

        // when
        apply("--server-side");

        // then
        assertThat(before).isNotEmpty();
        assertThat(versions()).isEqualTo(before);
        // The API server stores the default of a status with the first update, so the resource version of the sample
        // increases once.
        assertThat(kubectl.run("diff", "--server-side", "-k", "k8s/samples").orThrow())
                .isEmpty();
    }

    @Test
    void everyGeneratedTypeIsInstalled() throws IOException {
        // given
        List<Path> generated;
        try (Stream<Path> files = Files.list(Path.of("crds"))) {
            generated =
                    files.filter(file -> !file.endsWith("kustomization.yaml")).toList();
        }

        // when
        List<String> installed = kubectl.run("kustomize", "k8s").lines();

        // then
        assertThat(generated).isNotEmpty().allSatisfy(file -> assertThat(installed)
                .contains("  name: " + file.getFileName().toString().replace("-v1.yml", "")));
    }

    private List<String> apply(String... options) {
        List<String> lines = new ArrayList<>(applyFolder("k8s", options));
        kubectl.run("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
                .orThrow();
        lines.addAll(applyFolder("k8s/samples", options));
        return lines;
    }

    private List<String> applyFolder(String folder, String... options) {
        List<String> arguments = new ArrayList<>(List.of("apply", "-k", folder));
        arguments.addAll(List.of(options));
        return kubectl.run(arguments.toArray(String[]::new)).lines();
    }

    /** Returns the name and the resource version of every object of the installation. */
    private List<String> versions() {
        String nameAndVersion =
                "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{'\\n'}{end}";
        return kubectl.run("get", "-k", "k8s", "-o", nameAndVersion).lines();
    }
}
