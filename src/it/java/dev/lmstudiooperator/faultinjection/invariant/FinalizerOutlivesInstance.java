package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A ManagedModel is deleted only after an observation has confirmed that its instance is unloaded. An unload or an expiry
 * follows the last load with its identifier, and {@code lms ps} follows that. Exceptions are adopted instances and instances
 * that another ManagedModel names.
 */
final class FinalizerOutlivesInstance implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.versions().stream()
                .filter(version -> version.isDeleted() && !version.isAdopted() && !isNamedByAnother(version, evidence))
                .flatMap(version -> violation(version, evidence).stream());
    }

    private static Optional<String> violation(Version deleted, Evidence evidence) {
        Optional<JournalEntry> lastLoad = evidence.journal().loads().stream()
                .filter(load -> load.raw().path("identifier").asText().equals(deleted.identifier()))
                .filter(load -> load.startedAt().isBefore(deleted.at()))
                .filter(load -> load.raw().path("outcome").asText().equals("loaded"))
                .max(Comparator.comparingLong(JournalEntry::seq));
        if (lastLoad.isEmpty()) {
            return Optional.empty();
        }
        Optional<JournalEntry> removal = evidence.journal().entries().stream()
                .filter(entry -> entry.seq() > lastLoad.get().seq()
                        && entry.endedAt().filter(deleted.at()::isAfter).isPresent())
                .filter(entry -> entry.effects().stream()
                        .anyMatch(effect -> effect.matches(
                                "(unloaded|expired|evicted) \\Q%s\\E .*".formatted(deleted.identifier()))))
                .findFirst();
        if (removal.isEmpty()) {
            return Optional.of("deleted while its instance is loaded: " + deleted);
        }
        boolean isVerified = evidence.journal().calls("ps").stream()
                .anyMatch(observation -> !observation
                                .startedAt()
                                .isBefore(removal.get().startedAt())
                        && observation.endedAt().filter(deleted.at()::isAfter).isPresent());
        return isVerified
                ? Optional.empty()
                : Optional.of("deleted without an observation after %s: %s"
                        .formatted(Evidence.describe(removal.get()), deleted));
    }

    private static boolean isNamedByAnother(Version deleted, Evidence evidence) {
        return evidence.versions().stream()
                .anyMatch(other -> !other.uid().equals(deleted.uid())
                        && other.at().isBefore(deleted.at())
                        && other.identifier().equals(deleted.identifier()));
    }
}
