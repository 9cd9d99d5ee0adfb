package dev.lmstudiooperator.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process takes of this machine.
 *
 * @param cpu since it was started
 * @param residentBytes memory that it has now, as Linux counts it
 */
record Footprint(Duration cpu, long residentBytes) {

    static Footprint of(long pid) {
        Duration cpu = ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
        try {
            long residentKilobytes = Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
            return new Footprint(cpu, residentKilobytes * 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double residentMebibytes() {
        return residentBytes / 1048576.0;
    }
}
