package dev.lmstudiooperator.install;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.operator.OperatorProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes, as docs/outside-nodes.md installs it and the systemd unit uses it. */
class ArchiveClassesIT {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Path UNIT = Path.of("deploy", "systemd", "lmstudio-operator.service");
    private static final Pattern ARCHIVE_FLAGS = Pattern.compile("-XX:\\S*Shared\\S*");

    private final Path folder;
    private final Path installed;
    private final Path archive;

    ArchiveClassesIT(@TempDir Path folder) {
        this.folder = folder;
        this.installed = folder.resolve("lmstudio-operator");
        this.archive = installed.resolve("classes.jsa");
    }

    /** The update in the docs writes the archive in a folder that gets its name later. */
    @BeforeEach
    void install() throws IOException {
        Path fresh = folder.resolve("lmstudio-operator.new");
        new Program(Path.of("/bin/cp"), Map.of(), folder)
                .run(
                        "-r",
                        requireNonNull(OperatorProcess.packaged().getParent()).toString(),
                        fresh.toString())
                .orThrow();
        Files.deleteIfExists(fresh.resolve("classes.jsa"));
        new Program(Path.of("deploy", "archive-classes").toAbsolutePath(), Map.of("JAVA", JAVA.toString()), folder)
                .run(fresh.toString())
                .orThrow();
        Files.move(fresh, installed);
    }

    @Test
    void javaUsesTheArchiveAndStartsWithoutIt() throws IOException {
        assertThat(start()).doesNotContain("[cds");

        overwrite(Files.size(archive) / 2);
        assertThat(start()).contains("[cds");

        Files.delete(archive);
        assertThat(start()).contains("[cds");
    }

    private void overwrite(long position) throws IOException {
        try (FileChannel file = FileChannel.open(archive, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap("damaged".repeat(1000).getBytes(US_ASCII)), position);
        }
    }

    /** Returns the log of an operator that has loaded its classes. */
    private String start() throws IOException {
        List<String> flags = ARCHIVE_FLAGS
                .matcher(Files.readString(UNIT))
                .results()
                .map(flag -> flag.group().replace("/opt/lmstudio-operator", installed.toString()))
                .toList();
        assertThat(flags).isNotEmpty();
        List<String> command = Stream.of(
                        Stream.of(
                                "/usr/bin/env",
                                "KUBERNETES_MASTER=http://127.0.0.1:1",
                                "QUARKUS_HTTP_PORT=0",
                                JAVA.toString()),
                        flags.stream(),
                        Stream.of("-jar", installed.resolve("quarkus-run.jar").toString()))
                .flatMap(part -> part)
                .toList();
        try (OperatorProcess operator = OperatorProcess.launch(command, 0)) {
            operator.awaitLog("does not answer");
            return operator.log();
        }
    }
}
