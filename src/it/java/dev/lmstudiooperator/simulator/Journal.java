package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The record of all calls and effects in the simulator. Tests check it because exit codes are not reliable. */
public record Journal(List<JournalEntry> entries) {

    static Journal of(JsonNode nodes) {
        return new Journal(StreamSupport.stream(nodes.spliterator(), false)
                .map(JournalEntry::of)
                .toList());
    }

    /** Returns the calls of {@code lms} that begin with these words. */
    public List<JournalEntry> calls(String... firstWords) {
        return entries.stream()
                .filter(entry -> entry.kind().equals("cli") && entry.startsWith(List.of(firstWords)))
                .toList();
    }

    public List<JournalEntry> http() {
        return ofKind("http");
    }

    /** Returns the HTTP requests whose path ends with this text. */
    public List<JournalEntry> requestsTo(String endOfPath) {
        return http().stream()
                .filter(request -> request.request().endsWith(endOfPath))
                .toList();
    }

    /** Returns the loads in the server, independent of the caller and the result. */
    public List<JournalEntry> loads() {
        return ofKind("load");
    }

    /**
     * Returns the result of each load with this identifier in order: {@code loaded}, {@code failed}, {@code cancelled};
     * {@code ""} for a load in progress.
     */
    public List<String> loadsOf(String identifier) {
        return loads().stream()
                .filter(load -> load.raw().path("identifier").asText().equals(identifier))
                .map(load -> load.raw().path("outcome").asText())
                .toList();
    }

    /** Returns all effects in order, for example {@code expired team-a qwen3-4b ttl=600 context=4096}. */
    public List<String> effects() {
        return entries.stream().flatMap(entry -> entry.effects().stream()).toList();
    }

    /** Returns how many requests this instance has answered. */
    public long answersBy(String identifier) {
        return effects().stream().filter(("answered by " + identifier)::equals).count();
    }

    /** Returns the number of the last entry; 0 if there is none. */
    public long lastSeq() {
        return entries.stream().mapToLong(JournalEntry::seq).max().orElse(0);
    }

    /** Returns the maximum number of concurrent loads in the server. */
    public int mostLoadsAtOnce() {
        return mostAtOnce(loads());
    }

    /** Returns the maximum number of concurrent calls of {@code lms load} and {@code lms unload}. */
    public int mostMutationsAtOnce() {
        return mostAtOnce(Stream.of("load", "unload")
                .flatMap(word -> calls(word).stream())
                .toList());
    }

    private static int mostAtOnce(List<JournalEntry> entries) {
        return entries.stream()
                .mapToInt(entry -> (int) entries.stream()
                        .filter(other -> other.overlaps(entry.startedAt()))
                        .count())
                .max()
                .orElse(0);
    }

    private List<JournalEntry> ofKind(String kind) {
        return entries.stream().filter(entry -> entry.kind().equals(kind)).toList();
    }
}
