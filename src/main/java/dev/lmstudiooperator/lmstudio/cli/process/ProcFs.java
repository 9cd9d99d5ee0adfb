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

/** What Linux says about a process beyond {@link ProcessHandle}; empty elsewhere, and for processes of others. */
public final class ProcFs {

    private static final int STATE = 0;
    private static final int START_TICKS = 19;

    private ProcFs() {}

    /** Whether it has ended and only its parent's attention is missing. {@link ProcessHandle#isAlive} counts it as alive. */
    static boolean isZombie(long pid) {
        String[] stat = stat(pid);
        return stat.length > STATE && (stat[STATE].equals("Z") || stat[STATE].equals("X"));
    }

    /** When it started, in ticks since boot: with the number the identity of a process, whatever the wall clock does. */
    public static OptionalLong startTicks(long pid) {
        String[] stat = stat(pid);
        return stat.length > START_TICKS ? OptionalLong.of(Long.parseLong(stat[START_TICKS])) : OptionalLong.empty();
    }

    /** What tells its process numbers from those of other containers. */
    public static Optional<String> pidNamespace(long pid) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns/pid"))
                    .toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The environment with which it was started. */
    public static Optional<Map<String, String>> environment(long pid) {
        return read(pid, "environ").map(text -> Stream.of(text.split("\0", -1))
                .filter(line -> line.indexOf('=') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')),
                        line -> line.substring(line.indexOf('=') + 1),
                        (first, second) -> first)));
    }

    /** The fields of its status line from the third on: the second, its name, may hold blanks and parentheses. */
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
            // Gone, somebody else's, or not Linux: all of them mean that nothing is known.
            return Optional.empty();
        }
    }
}
