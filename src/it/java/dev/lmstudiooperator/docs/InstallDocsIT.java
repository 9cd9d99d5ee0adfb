package dev.lmstudiooperator.docs;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.install.Helm;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the pages that begin without an operator. Each page gets its own cluster, in which no Pods run. */
class InstallDocsIT {

    static Stream<Script> scripts() {
        return Script.all().stream().filter(Script::isForAnEmptyCluster);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void everyCommandDoesWhatThePageSays(Script script, @TempDir Path folder) {
        try (ControlPlane controlPlane = ControlPlane.start()) {
            List<Path> programs = List.of(
                    controlPlane.kubectl().executable(),
                    Helm.install().program().executable());
            Map<String, String> environment = Map.of(
                    "HOME",
                    folder.toString(),
                    "KUBECONFIG",
                    controlPlane.adminKubeconfig().toString());
            Map<String, String> placeholders = Map.of(
                    "<node>", "gpu-1",
                    "<namespace>", "models",
                    "<name>", "llama",
                    "<registry>", "registry.example.org");
            new DocsRunner(folder, programs, environment, placeholders).follow(script);
        }
    }
}
