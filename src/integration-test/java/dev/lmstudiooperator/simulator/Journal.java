package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What the simulator wrote down: the judge that believes no exit code. */
public record Journal(List<JournalEntry> entries) {

    static Journal of(JsonNode nodes) {
        return new Journal(StreamSupport.stream(nodes.spliterator(), false)
                .map(JournalEntry::of)
                .toList());
    }

    /** Calls of {@code lms} whose first words are these. */
    public List<JournalEntry> calls(String... firstWords) {
        return entries.stream()
                .filter(entry -> entry.kind().equals("cli") && entry.startsWith(List.of(firstWords)))
                .toList();
    }

    public List<JournalEntry> http() {
        return ofKind("http");
    }

    /** Loads in the server, whoever asked for them and however they ended. */
    public List<JournalEntry> loads() {
        return ofKind("load");
    }

    /** How each load under this identifier ended, in order: {@code loaded}, {@code failed}, {@code cancelled}; {@code ""} while it runs. */
    public List<String> loadsOf(String identifier) {
        return loads().stream()
                .filter(load -> load.raw().path("identifier").asText().equals(identifier))
                .map(load -> load.raw().path("outcome").asText())
                .toList();
    }

    /** All effects in order, for example {@code expired team-a qwen3-4b ttl=600 context=4096}. */
    public List<String> effects() {
        return entries.stream().flatMap(entry -> entry.effects().stream()).toList();
    }

    /** The largest number of loads in the server that ran at one moment. */
    public int mostLoadsAtOnce() {
        return mostAtOnce(loads());
    }

    /** The largest number of calls of {@code lms load} and {@code lms unload} that ran at one moment. */
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
