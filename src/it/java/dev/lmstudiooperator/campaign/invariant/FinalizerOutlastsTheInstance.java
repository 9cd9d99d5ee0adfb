package dev.lmstudiooperator.campaign.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A ManagedModel disappears only after an observation has confirmed that its instance is gone. An unload or an expiry
 * follows the last load under its identifier, and {@code lms ps} follows that. Adopted instances stay, and so do instances
 * that another ManagedModel names.
 */
final class FinalizerOutlastsTheInstance implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.versions().stream()
                .filter(version -> version.isGone() && !version.isAdopted() && !isNamedByAnother(version, evidence))
                .flatMap(version -> objection(version, evidence).stream());
    }

    private static Optional<String> objection(Version gone, Evidence evidence) {
        Optional<JournalEntry> lastLoad = evidence.journal().loads().stream()
                .filter(load -> load.raw().path("identifier").asText().equals(gone.identifier()))
                .filter(load -> load.startedAt().isBefore(gone.at()))
                .filter(load -> load.raw().path("outcome").asText().equals("loaded"))
                .max(Comparator.comparingLong(JournalEntry::seq));
        if (lastLoad.isEmpty()) {
            return Optional.empty();
        }
        Optional<JournalEntry> removal = evidence.journal().entries().stream()
                .filter(entry -> entry.seq() > lastLoad.get().seq()
                        && entry.endedAt().filter(gone.at()::isAfter).isPresent())
                .filter(entry -> entry.effects().stream()
                        .anyMatch(effect ->
                                effect.matches("(unloaded|expired|evicted) \\Q%s\\E .*".formatted(gone.identifier()))))
                .findFirst();
        if (removal.isEmpty()) {
            return Optional.of("gone while its instance is loaded: " + gone);
        }
        boolean isVerified = evidence.journal().calls("ps").stream()
                .anyMatch(look -> !look.startedAt().isBefore(removal.get().startedAt())
                        && look.endedAt().filter(gone.at()::isAfter).isPresent());
        return isVerified
                ? Optional.empty()
                : Optional.of("gone without a look after %s: %s".formatted(Evidence.reported(removal.get()), gone));
    }

    private static boolean isNamedByAnother(Version gone, Evidence evidence) {
        return evidence.versions().stream()
                .anyMatch(other -> !other.uid().equals(gone.uid())
                        && other.at().isBefore(gone.at())
                        && other.identifier().equals(gone.identifier()));
    }
}
