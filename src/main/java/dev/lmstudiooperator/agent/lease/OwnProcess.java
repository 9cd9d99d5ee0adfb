package dev.lmstudiooperator.agent.lease;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** What this process writes down about itself for people. A PID inside a container is not one that the host knows. */
final class OwnProcess {

    /** The longest description has 34 characters. */
    static final int LONGEST = 40;

    /** The PID namespace in which a machine boots has this number on every Linux. */
    private static final String OF_THE_MACHINE = "pid:[4026531836]";

    private static final Pattern DESCRIPTION = Pattern.compile("PID \\d{1,10}( inside a container)?");

    /** As earlier releases wrote it down. */
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

    /** What another process wrote down, if it is a description. */
    static String read(String note) {
        if (NUMBER.matcher(note).matches()) {
            return "PID " + note;
        }
        return DESCRIPTION.matcher(note).matches() ? note : "PID unknown";
    }

    /** Empty on other systems, which have no such thing. */
    private static Optional<String> namespace() {
        try {
            return Optional.of(
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
