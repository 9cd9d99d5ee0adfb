package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code Available=True} requires a verification that is newer than the last change to the instance. */
final class AvailableIsVerified implements Invariant {

    /** Allowed delay between a write and its watch event. */
    private static final Duration WATCH_DELAY = Duration.ofMillis(500);

    @Override
    public Stream<String> violations(Evidence evidence) {
        Map<String, Version> before = new HashMap<>();
        List<JournalEntry> operations = evidence.operations();
        return evidence.versions().stream()
                .filter(version -> changesStatus(version, before.put(version.uid(), version)))
                .filter(Version::isAvailable)
                .flatMap(version -> violation(version, operations).stream());
    }

    /** A write that changes something other than the status reports nothing about availability. */
    private static boolean changesStatus(Version version, @Nullable Version before) {
        return !version.isDeleted() && (before == null || !before.status().equals(version.status()));
    }

    private static Optional<String> violation(Version version, List<JournalEntry> operations) {
        Optional<Instant> verifiedAt = version.verifiedAt();
        if (verifiedAt.isEmpty()) {
            return Optional.of("available without a verification: " + version);
        }
        return operations.stream()
                .filter(call -> Evidence.identifierOf(call).equals(version.identifier()))
                .filter(call -> call.endedAt()
                        .filter(ended -> ended.isAfter(verifiedAt.get())
                                && ended.isBefore(version.at().minus(WATCH_DELAY)))
                        .isPresent())
                .findFirst()
                .map(call -> "available by a verification that is older than %s: %s"
                        .formatted(Evidence.describe(call), version));
    }
}
