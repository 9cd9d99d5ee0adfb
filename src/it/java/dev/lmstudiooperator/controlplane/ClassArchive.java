package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The CDS archive of a packaged program. It holds the classes that a start loads, so that a start takes two thirds of the
 * CPU time. Tests start hundreds of processes. The first one that needs the archive lets it be written.
 */
public final class ClassArchive {

    /** Starts the program once, and writes the archive of the classes that it loads. */
    @FunctionalInterface
    public interface Writer {
        void write(Path archive) throws IOException;
    }

    /** The system property that must be true for archives. Benchmarks do without, as the image does. */
    public static final String ENABLED = "class.archives";

    private ClassArchive() {}

    /** Returns the JVM flags for a start of the program; empty if this run does not use archives. */
    public static List<String> flags(Path jar, Writer writer) {
        if (!Boolean.getBoolean(ENABLED)) {
            return List.of();
        }
        Path archive = jar.resolveSibling("classes.jsa");
        try {
            writeIfOutdated(archive, jar, writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of("-XX:SharedArchiveFile=" + archive, "-XX:+VerifySharedSpaces");
    }

    /** Other processes of the build, and other threads, may need the same archive. */
    private static synchronized void writeIfOutdated(Path archive, Path jar, Writer writer) throws IOException {
        Path lock = jar.resolveSibling("classes.jsa.lock");
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // The lock is held until the channel is closed.
            file.lock();
            if (!Files.exists(archive)
                    || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
                writer.write(archive);
            }
        }
    }
}
