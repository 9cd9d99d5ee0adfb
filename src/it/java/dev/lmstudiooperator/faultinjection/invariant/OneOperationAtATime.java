package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.util.List;
import java.util.stream.Stream;

/**
 * At most one operation is in flight, also across restarts. Neither two calls of {@code lms} nor two loads in LM Studio
 * overlap.
 */
final class OneOperationAtATime implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return Stream.concat(
                overlaps(evidence.operations()), overlaps(evidence.journal().loads()));
    }

    private static Stream<String> overlaps(List<JournalEntry> entries) {
        return entries.stream().flatMap(later -> entries.stream()
                .filter(earlier -> earlier.seq() < later.seq() && earlier.overlaps(later.startedAt()))
                .map(earlier -> "%s runs while %s begins".formatted(earlier.raw(), later.raw())));
    }
}
