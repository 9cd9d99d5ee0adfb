package dev.lmstudiooperator.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The resources that a process uses on this machine.
 *
 * @param cpu the CPU time since the start
 * @param residentBytes the current resident memory, as Linux counts it
 */
record Footprint(Duration cpu, long residentBytes) {

    /** The unit in which Linux reports CPU time on every machine. */
    private static final Duration TICK = Duration.ofMillis(10);

    /** The index after the name, which can contain blanks. */
    private static final int TICKS_FIELD = 11;

    static Footprint of(long pid) {
        return new Footprint(ticks(pid, 2), residentBytes(pid));
    }

    /** Includes the CPU time of children that have ended. */
    static Footprint withChildren(long pid) {
        return new Footprint(ticks(pid, 4), residentBytes(pid));
    }

    /** Returns the sum of the first of these fields: user time, kernel time, and the same for the children. */
    private static Duration ticks(long pid, int howMany) {
        String line = read(pid, "stat").getFirst();
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return TICK.multipliedBy(Arrays.stream(fields)
                .skip(TICKS_FIELD)
                .limit(howMany)
                .mapToLong(Long::parseLong)
                .sum());
    }

    private static long residentBytes(long pid) {
        return 1024
                * read(pid, "status").stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
    }

    private static List<String> read(long pid, String file) {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double residentMebibytes() {
        return residentBytes / 1048576.0;
    }
}
