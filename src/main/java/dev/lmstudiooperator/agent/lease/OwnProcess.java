package dev.lmstudiooperator.agent.lease;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Describes this process in the lock file, for display only. A PID inside a container is not valid on the host. */
final class OwnProcess {

    /** The longest description has 34 characters. */
    static final int LONGEST = 40;

    /** The initial PID namespace of a machine has this number on every Linux. */
    private static final String OF_THE_MACHINE = "pid:[4026531836]";

    private static final Pattern DESCRIPTION = Pattern.compile("PID \\d{1,10}( inside a container)?");

    /** The format of earlier releases. */
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    private OwnProcess() {}

    static String description() {
        return description(ProcessHandle.current().pid(), namespace());
    }

    static String description(long pid, Optional<String> namespace) {
        boolean isInside =
                namespace.filter(name -> !name.equals(OF_THE_MACHINE)).isPresent();
        return "PID %d%s".formatted(pid, isInside ? " inside a container" : "");
    }

    /** Returns what another process recorded, if it is a valid description. */
    static String read(String note) {
        if (NUMBER.matcher(note).matches()) {
            return "PID " + note;
        }
        return DESCRIPTION.matcher(note).matches() ? note : "PID unknown";
    }

    /** Empty on other systems, which have no PID namespaces. */
    private static Optional<String> namespace() {
        try {
            return Optional.of(
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
