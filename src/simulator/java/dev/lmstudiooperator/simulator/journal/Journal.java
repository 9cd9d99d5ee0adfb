package dev.lmstudiooperator.simulator.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Records all calls and effects in order. In memory there is one object per entry. The file has one line for the start
 * and one for the end of an entry, both with the same {@code seq}. Times are real, so that overlaps are visible.
 */
public final class Journal {

    private final Path file;
    private final List<Entry> entries = new ArrayList<>();
    private long lastSeq;

    public Journal(Path file) {
        this.file = file;
    }

    /** Starts the entry of a call or a load. */
    public synchronized Entry start(String kind, ObjectNode details) {
        var fields = Json.object().put("seq", ++lastSeq).put("event", "started").put("kind", kind);
        fields.setAll(details);
        fields.put("startedAt", Instant.now().toString());
        var entry = new Entry(this, lastSeq, fields);
        entries.add(entry);
        write(fields);
        return entry;
    }

    /** Records an effect without a call. */
    public synchronized void recordEvent(String effect) {
        var now = Instant.now().toString();
        var fields =
                Json.object().put("seq", ++lastSeq).put("event", "happened").put("kind", "server");
        fields.put("startedAt", now).put("endedAt", now).putArray("effect").add(effect);
        entries.add(new Entry(this, lastSeq, fields));
        write(fields);
    }

    /** Returns the latest state of all entries with a number greater than {@code seq}. */
    public List<ObjectNode> since(long seq) {
        // An entry that ends takes its own lock and then that of the journal. This method never holds both.
        return copy().stream()
                .filter(entry -> entry.seq() > seq)
                .map(Entry::snapshot)
                .toList();
    }

    private synchronized List<Entry> copy() {
        return List.copyOf(entries);
    }

    /** Removes the entries from memory. The file is kept, and the numbers continue. */
    public synchronized void clear() {
        entries.clear();
    }

    synchronized void write(ObjectNode line) {
        try {
            Files.writeString(file, Json.write(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
