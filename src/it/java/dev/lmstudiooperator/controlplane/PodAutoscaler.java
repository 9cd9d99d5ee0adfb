package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The controller of HorizontalPodAutoscalers in a real kube-controller-manager. The script {@code hack/envtest/cluster} installs
 * it. It reads the metrics every second instead of every 15 seconds.
 */
public final class PodAutoscaler implements AutoCloseable {

    private static final Path SCRIPT = Path.of("hack", "envtest", "cluster");

    private final Process process;

    private PodAutoscaler(Process process) {
        this.process = process;
    }

    /** Starts the controller with all permissions. Its log is in the folder. */
    public static PodAutoscaler start(ControlPlane controlPlane, Path folder) {
        try {
            return new PodAutoscaler(new ProcessBuilder(
                            install(folder).resolve("kube-controller-manager").toString(),
                            "--kubeconfig=" + controlPlane.adminKubeconfig(),
                            "--controllers=horizontal-pod-autoscaler-controller",
                            "--horizontal-pod-autoscaler-sync-period=1s",
                            "--leader-elect=false",
                            "--secure-port=0")
                    .redirectErrorStream(true)
                    .redirectOutput(
                            folder.resolve("kube-controller-manager.log").toFile())
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path install(Path folder) throws IOException {
        Path explanation = folder.resolve("install.log");
        Process script = new ProcessBuilder(SCRIPT.toAbsolutePath().toString(), "install")
                .redirectError(explanation.toFile())
                .start();
        String installed = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (waitFor(script) != 0) {
            throw new IllegalStateException(
                    "kube-controller-manager is not installed:\n" + Files.readString(explanation));
        }
        return Path.of(installed);
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
