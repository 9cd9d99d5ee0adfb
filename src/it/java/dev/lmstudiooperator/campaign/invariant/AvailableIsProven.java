package dev.lmstudiooperator.campaign.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code Available=True} is written only on a verification that is newer than the last change to the instance. */
final class AvailableIsProven implements Invariant {

    /** Allowed delay between a write and its watch event. */
    private static final Duration HEARSAY = Duration.ofMillis(500);

    @Override
    public Stream<String> violations(Evidence evidence) {
        Map<String, Version> before = new HashMap<>();
        List<JournalEntry> mutations = evidence.mutations();
        return evidence.versions().stream()
                .filter(version -> isNews(version, before.put(version.uid(), version)))
                .filter(Version::isAvailable)
                .flatMap(version -> objection(version, mutations).stream());
    }

    /** A write that changes something other than the status reports nothing about availability. */
    private static boolean isNews(Version version, @Nullable Version before) {
        return !version.isGone() && (before == null || !before.status().equals(version.status()));
    }

    private static Optional<String> objection(Version version, List<JournalEntry> mutations) {
        Optional<Instant> provenAt = version.provenAt();
        if (provenAt.isEmpty()) {
            return Optional.of("available without a proof: " + version);
        }
        return mutations.stream()
                .filter(call -> Evidence.identifierOf(call).equals(version.identifier()))
                .filter(call -> call.endedAt()
                        .filter(ended -> ended.isAfter(provenAt.get())
                                && ended.isBefore(version.at().minus(HEARSAY)))
                        .isPresent())
                .findFirst()
                .map(call ->
                        "available by a proof that is older than %s: %s".formatted(Evidence.reported(call), version));
    }
}
