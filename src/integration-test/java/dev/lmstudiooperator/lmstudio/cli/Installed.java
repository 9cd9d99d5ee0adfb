package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.cli.LmsSettings.Deadlines;
import java.nio.file.Path;
import java.time.Duration;

/** Settings for an {@code lms} that was installed the usual way. */
final class Installed {

    static final Deadlines PATIENT = deadlines(Duration.ofMinutes(1));

    private Installed() {}

    static LmsSettings at(Path executable, Path home) {
        return at(executable, home, PATIENT);
    }

    static LmsSettings at(Path executable, Path home, Deadlines deadlines) {
        return new LmsSettings(
                executable,
                home,
                home.resolve(".lmstudio/.internal/http-server.json"),
                Path.of(System.getProperty("java.io.tmpdir")),
                deadlines,
                Duration.ofSeconds(2),
                32L * 1024 * 1024);
    }

    /** The same for every operation. */
    static Deadlines deadlines(Duration each) {
        return new Deadlines(each, each, each, each, each);
    }
}
