package dev.lmstudiooperator.install;

import dev.lmstudiooperator.controlplane.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Helm with the chart of this project. The script {@code hack/envtest/helm} installs Helm. */
public record Helm(Program program) {

    static final String CHART = "deploy/helm/lmstudio-operator";

    private static final Path SCRIPT = Path.of("hack", "envtest", "helm");

    /** Returns Helm for commands that need no cluster. */
    public static Helm install() {
        return install(Map.of());
    }

    /** Returns Helm for the cluster of this kubeconfig. */
    public static Helm installFor(Path kubeconfig) {
        return install(Map.of("KUBECONFIG", kubeconfig.toString()));
    }

    private static Helm install(Map<String, String> environment) {
        try {
            Path workFolder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "helm")), "")
                    .toAbsolutePath();
            String folder = new Program(SCRIPT.toAbsolutePath(), Map.of(), workFolder)
                    .run("install")
                    .orThrow();
            Map<String, String> own = new HashMap<>(environment);
            // Ignore the Helm configuration of the user.
            Stream.of("CACHE", "CONFIG", "DATA")
                    .forEach(use -> own.put(
                            "HELM_" + use + "_HOME", workFolder.resolve(use).toString()));
            return new Helm(new Program(Path.of(folder.strip(), "helm"), Map.copyOf(own), workFolder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs Helm in the project directory. */
    public Program.Output run(String... arguments) {
        return program.run(arguments);
    }
}
