package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Runs kubectl in the version of the API server, as one user. */
public final class Kubectl {

    private final Path executable;
    private final Path kubeconfig;
    private final Path workFolder;

    Kubectl(Path executable, Path kubeconfig, Path workFolder) {
        this.executable = executable;
        this.kubeconfig = kubeconfig;
        this.workFolder = workFolder;
    }

    /** Returns the path of kubectl, whose directory belongs on the PATH of a user. */
    public Path executable() {
        return executable;
    }

    /** Runs kubectl in the project directory and waits for it. */
    public Program.Output run(String... arguments) {
        return new Program(executable, environment(), workFolder).run(arguments);
    }

    /** Starts a command that runs until it is closed. */
    public Program.Run start(String... arguments) {
        return new Program(executable, environment(), workFolder).start(arguments);
    }

    /** Ignores the kubectl configuration of the user, and the discovery cache of earlier runs, which can lack a CRD. */
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
