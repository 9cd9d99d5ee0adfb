package dev.lmstudiooperator.controlplane;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The directory of etcd, kube-apiserver and kubectl. The script {@code hack/envtest/control-plane} installs them. */
record Binaries(Path folder) {

    private static final Path SCRIPT = Path.of("hack", "envtest", "control-plane");

    /** {@code <version>-<os>-<architecture>} */
    private static final Pattern FOLDER_NAME = Pattern.compile("(.+)-[^-]+-[^-]+");

    static Binaries install(Path workFolder) {
        Path explanation = workFolder.resolve("install.log");
        try {
            Process script = new ProcessBuilder(SCRIPT.toAbsolutePath().toString(), "install")
                    .redirectError(explanation.toFile())
                    .start();
            String folder = new String(script.getInputStream().readAllBytes(), UTF_8).strip();
            if (script.waitFor() != 0) {
                throw new IllegalStateException(
                        "The control plane for the tests is not installed:\n" + Files.readString(explanation));
            }
            return new Binaries(Path.of(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(SCRIPT + " could not be run; tests run in the project's folder", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the control plane was installed", e);
        }
    }

    /** Returns the directory that kube-api-test reads. */
    Path base() {
        return folder.resolve("../..").normalize();
    }

    String version() {
        Matcher name = FOLDER_NAME.matcher(folder.getFileName().toString());
        if (!name.matches()) {
            throw new IllegalStateException(folder + " is not named <version>-<os>-<architecture>");
        }
        return name.group(1);
    }

    Path kubectl() {
        return folder.resolve("kubectl");
    }
}
