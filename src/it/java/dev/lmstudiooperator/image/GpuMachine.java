package dev.lmstudiooperator.image;

import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The GPU machine on which a Pod runs: the home directory of the user who runs the simulated LM Studio. */
final class GpuMachine {

    private static final String HOME = "/home/lmstudio";
    private static final Pattern LIBRARY = Pattern.compile("=> (/\\S+)");

    private final SimulatorProcess lmStudio;
    private final Path folder;

    private GpuMachine(SimulatorProcess lmStudio, Path folder) {
        this.lmStudio = lmStudio;
        this.folder = folder;
    }

    /** Prepares the machine as docs/install.md describes, for the user of the Pod. */
    static GpuMachine start(Path folder, PodSecurityContext user) {
        try {
            SimulatorProcess lmStudio = SimulatorProcess.start(Files.createDirectory(folder.resolve("lm-studio")));
            Path home = lmStudio.home();
            Files.createDirectory(home.resolve(".lmstudio-operator"));
            Files.createDirectory(home.resolve(".lmstudio/bin"));
            Files.copy(lmStudio.lmsExecutable(), home.resolve(".lmstudio/bin/lms"), StandardCopyOption.COPY_ATTRIBUTES);
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file : files.toList()) {
                    Files.setAttribute(file, "unix:uid", user.getRunAsUser().intValue());
                }
            }
            return new GpuMachine(lmStudio, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SimulatorProcess lmStudio() {
        return lmStudio;
    }

    /**
     * Returns the Pod with the home directory of this machine. The simulator writes to it through the path in {@code
     * lms}.
     */
    PodSpec atHome(PodSpec pod) {
        return Serialization.unmarshal(
                Serialization.asYaml(pod).replace(HOME, lmStudio.home().toString()), PodSpec.class);
    }

    /**
     * Returns the files that the simulated {@code lms} needs, by their path in the container: the file with the address
     * of its simulator, and perl. Like the real {@code lms}, perl is linked against the C library of the image.
     */
    Map<String, Path> simulatorsOwn(UnpackedImage image) {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put(lmStudio.home() + "/.lmstudio/simulator.json", folder.resolve("lm-studio/simulator.json"));
        Program perl = UnpackedImage.program("perl", folder);
        List<String> needed = new ArrayList<>(List.of(
                "/usr/bin/perl",
                perl.run("-Mstrict", "-e", "print $INC{'strict.pm'}").orThrow()));
        LIBRARY.matcher(UnpackedImage.program("ldd", folder)
                        .run("/usr/bin/perl")
                        .orThrow())
                .results()
                .map((MatchResult match) -> match.group(1))
                .filter(library -> Files.notExists(image.files().resolve(library.substring(1))))
                .forEach(needed::add);
        needed.forEach(path -> files.put(path, Path.of(path)));
        return files;
    }
}
