package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.cli.LmsSettings.Deadlines;
import java.nio.file.Path;
import java.time.Duration;

/** Settings for an {@code lms} that is installed in the default way. */
final class Installed {

    static final Deadlines PATIENT = deadlines(Duration.ofMinutes(1));

    /** Long enough for a process that handles SIGINT on a busy machine. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private Installed() {}

    static LmsSettings at(Path executable, Path home) {
        return at(executable, home, PATIENT);
    }

    static LmsSettings at(Path executable, Path home, Deadlines deadlines) {
        return at(executable, home, deadlines, GRACE);
    }

    static LmsSettings at(Path executable, Path home, Deadlines deadlines, Duration grace) {
        return new LmsSettings(
                executable,
                home,
                home.resolve(".lmstudio/.internal/http-server.json"),
                Path.of(System.getProperty("java.io.tmpdir")),
                deadlines,
                grace,
                32L * 1024 * 1024);
    }

    /** Returns the same deadline for every operation. */
    static Deadlines deadlines(Duration each) {
        return new Deadlines(each, each, each, each, each);
    }
}
