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

/** The GPU machine that a Pod is on: the home of the user who runs LM Studio, which is a simulated one. */
final class GpuMachine {

    private static final String HOME = "/home/lmstudio";
    private static final Pattern LIBRARY = Pattern.compile("=> (/\\S+)");

    private final SimulatorProcess lmStudio;
    private final Path folder;

    private GpuMachine(SimulatorProcess lmStudio, Path folder) {
        this.lmStudio = lmStudio;
        this.folder = folder;
    }

    /** Prepares it as docs/install.md tells, for the user that the Pod is. */
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

    /** The Pod with this machine's home: the simulator writes into it by the path that {@code lms} names. */
    PodSpec atHome(PodSpec pod) {
        return Serialization.unmarshal(
                Serialization.asYaml(pod).replace(HOME, lmStudio.home().toString()), PodSpec.class);
    }

    /**
     * What the simulated {@code lms} needs and the real one does not, by its path in the container: the file that tells it where
     * its simulator is, and perl, a program that is linked against the C library of the image, as the real {@code lms} is.
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
