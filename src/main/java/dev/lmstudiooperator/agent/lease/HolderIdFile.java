package dev.lmstudiooperator.agent.lease;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Stores the ID by which the agent of this machine holds its Lease across restarts. Only the process with the lock
 * reads it.
 */
final class HolderIdFile {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Path file;

    HolderIdFile(Path file) {
        this.file = file;
    }

    /**
     * Creates an ID if there is none or it is not readable. An agent with a new ID waits until the Lease of the old ID
     * expires.
     */
    String read() throws IOException {
        Optional<String> known = known();
        return known.isPresent() ? known.get() : create();
    }

    private Optional<String> known() {
        try {
            return Optional.of(Files.readString(file).strip())
                    .filter(id -> ID.matcher(id).matches());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes the ID to disk before the rename, so that a crash leaves no partial ID. */
    private String create() throws IOException {
        String id = UUID.randomUUID().toString();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, id + "\n", CREATE, WRITE, TRUNCATE_EXISTING, SYNC);
        Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
        return id;
    }
}
