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

/** The id by which the agent of this machine holds its Lease, however often it is started. Whoever reads it has the lock. */
final class HolderIdFile {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Path file;

    HolderIdFile(Path file) {
        this.file = file;
    }

    /** Made when there is none, or none that can be read: an agent with a new id waits until the old one has run out. */
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

    /** On disk before it has its name: a crash leaves no half of an id. */
    private String create() throws IOException {
        String id = UUID.randomUUID().toString();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, id + "\n", CREATE, WRITE, TRUNCATE_EXISTING, SYNC);
        Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
        return id;
    }
}
