package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The kubectl of the API server's own version, as one user. */
public final class Kubectl {

    private final Path executable;
    private final Path kubeconfig;
    private final Path workFolder;

    Kubectl(Path executable, Path kubeconfig, Path workFolder) {
        this.executable = executable;
        this.kubeconfig = kubeconfig;
        this.workFolder = workFolder;
    }

    /** Whose folder belongs into the PATH of who types its name. */
    public Path executable() {
        return executable;
    }

    /** Runs it in the project's folder. */
    public Program.Output run(String... arguments) {
        return new Program(executable, environment(), workFolder).run(arguments);
    }

    /** The same for what goes on until it is closed. */
    public Program.Run start(String... arguments) {
        return new Program(executable, environment(), workFolder).start(arguments);
    }

    /** Not what the user may have configured; and not what an earlier run found before a CRD was applied. */
    private Map<String, String> environment() {
        try {
            return Map.of(
                    "HOME",
                    workFolder.toString(),
                    "KUBECACHEDIR",
                    Files.createTempDirectory(workFolder, "kubectl-cache-").toString(),
                    "KUBECONFIG",
                    kubeconfig.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
