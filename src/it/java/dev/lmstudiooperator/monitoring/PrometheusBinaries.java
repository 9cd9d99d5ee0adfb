package dev.lmstudiooperator.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directory of prometheus and promtool. The script {@code hack/envtest/prometheus} installs them. */
record PrometheusBinaries(Path folder) {

    private static final Path SCRIPT = Path.of("hack", "envtest", "prometheus");

    static PrometheusBinaries install() {
        try {
            Path explanation = Files.createTempFile(Files.createDirectories(Path.of("target")), "prometheus-", ".log");
            Process script = new ProcessBuilder(SCRIPT.toAbsolutePath().toString(), "install")
                    .redirectError(explanation.toFile())
                    .start();
            String folder = new String(script.getInputStream().readAllBytes(), UTF_8).strip();
            if (script.waitFor() != 0) {
                throw new IllegalStateException("Prometheus is not installed:\n" + Files.readString(explanation));
            }
            return new PrometheusBinaries(Path.of(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(SCRIPT + " could not be run; tests run in the project's folder", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Prometheus was installed", e);
        }
    }

    String prometheus() {
        return folder.resolve("prometheus").toString();
    }

    String promtool() {
        return folder.resolve("promtool").toString();
    }
}
