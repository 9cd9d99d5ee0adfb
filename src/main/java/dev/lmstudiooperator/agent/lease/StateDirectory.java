package dev.lmstudiooperator.agent.lease;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Manages the files that an agent keeps on disk: a lock, and the ID by which the agent of this machine holds its Lease
 * across restarts. The kernel releases the lock however the process ends. Each attempt opens the lock file again,
 * because it may have been removed meanwhile.
 */
final class StateDirectory implements AutoCloseable {

    /** The result of an attempt to lock the state directory. */
    sealed interface LockAttempt {}

    /**
     * This process has the lock until it ends.
     *
     * @param holder the ID of the agent that owns the directory
     */
    record Locked(String holder) implements LockAttempt {}

    /**
     * Another process has the lock.
     *
     * @param process its PID, and whether that is a PID inside a container, as that process recorded it; for display
     *     only
     */
    record Taken(String process) implements LockAttempt {}

    /** The result is unknown: the directory is not writable, or its file system does not support locks. */
    record Unusable(String why) implements LockAttempt {}

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Path folder;

    /** The lock is held as long as its channel is open. */
    private @Nullable FileChannel locked;

    StateDirectory(Path folder) {
        this.folder = folder;
    }

    Path path() {
        return folder;
    }

    LockAttempt tryLock() {
        try {
            Files.createDirectories(folder);
            Optional<Taken> taken = locked == null ? lock(folder.resolve("lock")) : Optional.empty();
            return taken.isPresent() ? taken.get() : new Locked(holder(folder.resolve("holder")));
        } catch (IOException e) {
            return new Unusable(e.toString());
        }
    }

    /** Returns empty if this process has the lock now. */
    private Optional<Taken> lock(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, CREATE, READ, WRITE);
        try {
            if (file.tryLock() == null) {
                return Optional.of(new Taken(readDescription(file)));
            }
            locked = file;
            writeDescription(file);
            return Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.of(new Taken(OwnProcess.description()));
        } finally {
            if (locked != file) {
                file.close();
            }
        }
    }

    private static void writeDescription(FileChannel file) throws IOException {
        file.truncate(0);
        file.write(ByteBuffer.wrap((OwnProcess.description() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static String readDescription(FileChannel file) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(OwnProcess.LONGEST);
        file.read(content, 0);
        return OwnProcess.read(
                StandardCharsets.US_ASCII.decode(content.flip()).toString().strip());
    }

    /**
     * Returns the ID of this agent. Creates one if there is none or it is not readable. An agent with a new ID waits
     * until the Lease of the old ID expires. Only the process with the lock reads it.
     */
    private static String holder(Path file) throws IOException {
        Optional<String> known = knownHolder(file);
        return known.isPresent() ? known.get() : createHolder(file);
    }

    private static Optional<String> knownHolder(Path file) {
        try {
            return Optional.of(Files.readString(file).strip())
                    .filter(id -> ID.matcher(id).matches());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes the ID to disk before the rename, so that a crash leaves no partial ID. */
    private static String createHolder(Path file) throws IOException {
        String id = UUID.randomUUID().toString();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, id + "\n", CREATE, WRITE, TRUNCATE_EXISTING, SYNC);
        Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
        return id;
    }

    @Override
    public void close() throws IOException {
        if (locked != null) {
            locked.close();
            locked = null;
        }
    }

    /** Describes this process in the lock file, for display only. A PID inside a container is not valid on the host. */
    static final class OwnProcess {

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
        static String read(String recorded) {
            if (NUMBER.matcher(recorded).matches()) {
                return "PID " + recorded;
            }
            return DESCRIPTION.matcher(recorded).matches() ? recorded : "PID unknown";
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
}
