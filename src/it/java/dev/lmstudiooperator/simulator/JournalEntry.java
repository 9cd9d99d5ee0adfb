package dev.lmstudiooperator.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One entry of the journal.
 *
 * @param kind {@code cli}, {@code http}, {@code load}, or {@code server} for effects without a call
 * @param argv the arguments of a CLI call, without the program
 * @param request the method and path of an HTTP call
 * @param endedAt empty while it runs
 * @param exit the exit code of a CLI call
 * @param signal the signal that ended a CLI call; {@code unknown} if another process killed it
 * @param status the status of an HTTP call
 * @param waitsFor the reason why a running call is blocked: {@code prompt}, {@code fault}, {@code version skew}
 * @param raw the unparsed entry
 */
public record JournalEntry(
        long seq,
        String kind,
        List<String> argv,
        String request,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<Integer> exit,
        Optional<String> signal,
        Optional<Integer> status,
        Optional<String> waitsFor,
        List<String> effects,
        JsonNode raw) {

    static JournalEntry of(JsonNode node) {
        return new JournalEntry(
                node.path("seq").asLong(),
                node.path("kind").asText(),
                texts(node.path("argv")),
                (node.path("method").asText() + " " + node.path("path").asText()).strip(),
                Instant.parse(node.path("startedAt").asText()),
                text(node, "endedAt").map(Instant::parse),
                text(node, "exit").map(Integer::valueOf),
                text(node, "signal"),
                text(node, "status").map(Integer::valueOf),
                text(node, "waitsFor"),
                texts(node.path("effect")),
                node);
    }

    public boolean isFinished() {
        return endedAt.isPresent();
    }

    boolean startsWith(List<String> words) {
        return argv.size() >= words.size() && argv.subList(0, words.size()).equals(words);
    }

    /** Returns whether the entry was in progress at that time. */
    public boolean overlaps(Instant moment) {
        return !startedAt.isAfter(moment) && endedAt.map(moment::isBefore).orElse(true);
    }

    private static Optional<String> text(JsonNode node, String field) {
        return node.hasNonNull(field) ? Optional.of(node.path(field).asText()) : Optional.empty();
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(item -> texts.add(item.asText()));
        return List.copyOf(texts);
    }
}
