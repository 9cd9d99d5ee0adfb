package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.simulator.Journal;
import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The recorded data of a run.
 *
 * @param versions versions of the recorded objects, in the order in which they were written
 * @param duration duration of the run
 * @param injectedFaults number of injected faults
 * @param restarts number of restarts of the operator
 */
public record Evidence(List<Version> versions, Journal journal, Duration duration, int injectedFaults, int restarts) {

    /** Calls of {@code lms load} and {@code lms unload}, in the order in which they began. */
    List<JournalEntry> operations() {
        return Stream.of("load", "unload")
                .flatMap(word -> journal.calls(word).stream())
                .sorted(Comparator.comparingLong(JournalEntry::seq))
                .toList();
    }

    /** The identifier that a load or an unload names. */
    static String identifierOf(JournalEntry call) {
        return call.argv().get(0).equals("unload")
                ? call.argv().get(1)
                : option(call, "--identifier=").orElse("");
    }

    static Optional<String> option(JournalEntry call, String prefix) {
        return call.argv().stream()
                .filter(argument -> argument.startsWith(prefix))
                .map(argument -> argument.substring(prefix.length()))
                .findFirst();
    }

    static String describe(JournalEntry call) {
        return "%s..%s lms %s"
                .formatted(
                        call.startedAt(), call.endedAt().map(Object::toString).orElse(""), call.argv());
    }
}
