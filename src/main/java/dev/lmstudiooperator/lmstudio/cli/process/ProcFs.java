package dev.lmstudiooperator.lmstudio.cli.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads process information from Linux that {@link ProcessHandle} does not provide. Results are empty on other systems,
 * and for processes of other users.
 */
public final class ProcFs {

    private static final int STATE = 0;
    private static final int START_TICKS = 19;

    private ProcFs() {}

    /**
     * Whether the process has ended, but its parent has not reaped it. {@link ProcessHandle#isAlive} counts it as
     * alive.
     */
    static boolean isZombie(long pid) {
        String[] stat = stat(pid);
        return stat.length > STATE && (stat[STATE].equals("Z") || stat[STATE].equals("X"));
    }

    /**
     * Returns the start time in ticks since boot. PID and start time identify a process, independent of the wall clock.
     */
    public static OptionalLong startTicks(long pid) {
        String[] stat = stat(pid);
        return stat.length > START_TICKS ? OptionalLong.of(Long.parseLong(stat[START_TICKS])) : OptionalLong.empty();
    }

    /** Returns the PID namespace, which distinguishes the PIDs of different containers. */
    public static Optional<String> pidNamespace(long pid) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns/pid"))
                    .toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns the environment at the start of the process. */
    public static Optional<Map<String, String>> environment(long pid) {
        return read(pid, "environ").map(text -> Stream.of(text.split("\0", -1))
                .filter(line -> line.indexOf('=') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')),
                        line -> line.substring(line.indexOf('=') + 1),
                        (first, second) -> first)));
    }

    /**
     * Returns the fields of the status line from the third on. The second is the name, which may contain blanks and
     * parentheses.
     */
    private static String[] stat(long pid) {
        return read(pid, "stat")
                .map(text -> text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1))
                .orElseGet(() -> new String[0]);
    }

    private static Optional<String> read(long pid, String file) {
        try {
            return Optional.of(
                    new String(Files.readAllBytes(Path.of("/proc", Long.toString(pid), file)), StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The process is gone, belongs to another user, or the system is not Linux. The result is unknown.
            return Optional.empty();
        }
    }
}
