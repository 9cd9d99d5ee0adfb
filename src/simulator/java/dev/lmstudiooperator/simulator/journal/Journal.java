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
 * What happened, in order: in memory one object per entry, in the file one line when an entry begins and one when it
 * ends, both with the same {@code seq}. Times are real ones, so that overlaps can be seen.
 */
public final class Journal {

    private final Path file;
    private final List<Entry> entries = new ArrayList<>();
    private long lastSeq;

    public Journal(Path file) {
        this.file = file;
    }

    /** Begins an entry of a call or a load. */
    public synchronized Entry start(String kind, ObjectNode details) {
        var fields = Json.object().put("seq", ++lastSeq).put("event", "started").put("kind", kind);
        fields.setAll(details);
        fields.put("startedAt", Instant.now().toString());
        var entry = new Entry(this, lastSeq, fields);
        entries.add(entry);
        write(fields);
        return entry;
    }

    /** Records an effect that no call asked for. */
    public synchronized void happened(String effect) {
        var now = Instant.now().toString();
        var fields =
                Json.object().put("seq", ++lastSeq).put("event", "happened").put("kind", "server");
        fields.put("startedAt", now).put("endedAt", now).putArray("effect").add(effect);
        entries.add(new Entry(this, lastSeq, fields));
        write(fields);
    }

    /** Entries with a greater number than {@code seq}, in their latest state. */
    public List<ObjectNode> since(long seq) {
        // An entry that ends takes its own lock and then the journal's: here they are never held together.
        return copy().stream()
                .filter(entry -> entry.seq() > seq)
                .map(Entry::snapshot)
                .toList();
    }

    private synchronized List<Entry> copy() {
        return List.copyOf(entries);
    }

    /** Forgets the entries in memory; the file and the numbers go on. */
    public synchronized void forget() {
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
