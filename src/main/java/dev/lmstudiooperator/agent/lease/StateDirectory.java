package dev.lmstudiooperator.agent.lease;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.lmstudiooperator.agent.lease.LockAttempt.Locked;
import dev.lmstudiooperator.agent.lease.LockAttempt.Taken;
import dev.lmstudiooperator.agent.lease.LockAttempt.Unusable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Manages the files that an agent keeps on disk: a lock and the agent's ID. The kernel releases the lock however the
 * process ends. Each attempt opens the lock file again, because it may have been removed meanwhile.
 */
final class StateDirectory implements AutoCloseable {

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
            return taken.isPresent() ? taken.get() : new Locked(new HolderIdFile(folder.resolve("holder")).read());
        } catch (IOException e) {
            return new Unusable(e.toString());
        }
    }

    /** Returns empty if this process has the lock now. */
    private Optional<Taken> lock(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, CREATE, READ, WRITE);
        try {
            if (file.tryLock() == null) {
                return Optional.of(new Taken(note(file)));
            }
            locked = file;
            signInto(file);
            return Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.of(new Taken(OwnProcess.description()));
        } finally {
            if (locked != file) {
                file.close();
            }
        }
    }

    private static void signInto(FileChannel file) throws IOException {
        file.truncate(0);
        file.write(ByteBuffer.wrap((OwnProcess.description() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static String note(FileChannel file) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(OwnProcess.LONGEST);
        file.read(content, 0);
        return OwnProcess.read(
                StandardCharsets.US_ASCII.decode(content.flip()).toString().strip());
    }

    @Override
    public void close() throws IOException {
        if (locked != null) {
            locked.close();
            locked = null;
        }
    }
}
