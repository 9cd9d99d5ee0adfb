package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The kubectl of the API server's own version, as one user. */
public final class Kubectl {

    private static final long PATIENCE_SECONDS = 120;

    private final Path executable;
    private final Path kubeconfig;
    private final Path workFolder;

    Kubectl(Path executable, Path kubeconfig, Path workFolder) {
        this.executable = executable;
        this.kubeconfig = kubeconfig;
        this.workFolder = workFolder;
    }

    /** Runs it in the project's folder. */
    public Output run(String... arguments) {
        List<String> command = Stream.concat(Stream.of(executable.toString()), Stream.of(arguments))
                .toList();
        try {
            Path out = Files.createTempFile(workFolder, "kubectl-", ".out");
            Path err = Files.createTempFile(workFolder, "kubectl-", ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            // Not what the user may have configured; and not what an earlier run found before a CRD was applied.
            builder.environment().put("HOME", workFolder.toString());
            builder.environment()
                    .put(
                            "KUBECACHEDIR",
                            Files.createTempDirectory(workFolder, "kubectl-cache-")
                                    .toString());
            builder.environment().put("KUBECONFIG", kubeconfig.toString());
            Process process = builder.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end; so far it said:\n" + Files.readString(err));
            }
            return new Output(command, process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + command, e);
        }
    }

    /** What a run of kubectl came to. */
    public record Output(List<String> command, int exitCode, String out, String err) {

        /** The standard output of a run that has to succeed. */
        public String orThrow() {
            if (exitCode != 0) {
                throw new AssertionError("%s ended with %d:%n%s%s".formatted(command, exitCode, out, err));
            }
            return out;
        }

        /** The lines of the standard output of a run that has to succeed. */
        public List<String> lines() {
            return orThrow().lines().toList();
        }
    }
}
