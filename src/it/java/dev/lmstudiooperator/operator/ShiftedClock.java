package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The wall clock of processes that are started with its environment. It requires Linux and a C compiler. */
final class ShiftedClock {

    private final Path library;
    private final Path shift;

    private ShiftedClock(Path library, Path shift) {
        this.library = library;
        this.shift = shift;
    }

    /** Creates a clock that shows the correct time at first. */
    static ShiftedClock in(Path folder) {
        assumeTrue(
                System.getProperty("os.name").equals("Linux") && isOnPath("cc"),
                "a wall clock is shifted on Linux only, with a C compiler (cc)");
        try (InputStream source =
                Objects.requireNonNull(ShiftedClock.class.getResourceAsStream("/clock/shifted-clock.c"))) {
            Path code = folder.resolve("shifted-clock.c");
            Files.copy(source, code);
            Path library = folder.resolve("shifted-clock.so");
            Process compiler = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-O2", "-o", library.toString(), code.toString())
                    .inheritIO()
                    .start();
            assertThat(compiler.waitFor()).as("cc %s", code).isZero();
            ShiftedClock clock = new ShiftedClock(library, folder.resolve("shift"));
            clock.set(Duration.ZERO);
            return clock;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean isOnPath(String program) {
        return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "SHIFTED_CLOCK", shift.toString());
    }

    /** Sets the clock ahead of the correct time by this duration. */
    void set(Duration later) {
        try (FileChannel file =
                FileChannel.open(shift, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            file.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .putLong(0, later.toNanos());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
