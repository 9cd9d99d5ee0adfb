package dev.lmstudiooperator.lmstudio.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A short shell script that acts as a program and records facts about itself in files. */
public record FakeExecutable(Path executable, Path folder) {

    /** The file that a program writes when it is ready for the test. */
    public static final String READY = "ready";

    /** Writes the program. The script can use {@code $HERE}, the directory of the program. */
    public static FakeExecutable write(Path folder, String name, String script) {
        Path executable = folder.resolve(name);
        try {
            // Another process copies the file. A parallel test can fork a child that still has a file open that this
            // process has just written. Linux refuses to execute such a file ("text file busy").
            Path source =
                    Files.writeString(folder.resolve(name + ".source"), "#!/bin/sh\nHERE=" + folder + "\n" + script);
            Process copy = new ProcessBuilder("/bin/cp", source.toString(), executable.toString()).start();
            copy.waitFor();
            Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new FakeExecutable(executable, folder);
    }

    public Optional<String> wrote(String file) {
        try {
            Path path = folder.resolve(file);
            return Files.exists(path) ? Optional.of(Files.readString(path)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void awaitWritten(String file) {
        Awaitility.await(file)
                .atMost(Duration.ofSeconds(30))
                .until(() -> wrote(file).filter(text -> text.endsWith("\n")).isPresent());
    }

    /** Returns the processes whose IDs the program recorded. */
    public List<ProcessHandle> processes() {
        return wrote("pids").stream()
                .flatMap(String::lines)
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())).stream())
                .filter(process -> process.isAlive() && !ProcFs.isZombie(process.pid()))
                .toList();
    }

    /** Returns whether a test can receive SIGINT. Children of a background job of a shell ignore it. */
    public static boolean isInterruptible() {
        try {
            Process shell = new ProcessBuilder("/bin/sh", "-c", "trap 'exit 7' INT; kill -INT $$; exit 1")
                    .redirectErrorStream(true)
                    .start();
            return shell.waitFor() == 7;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
