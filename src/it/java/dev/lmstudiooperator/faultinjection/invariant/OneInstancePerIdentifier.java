package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.util.stream.Stream;

/** No identifier has two instances. LM Studio would name the duplicates one {@code identifier:2}. */
final class OneInstancePerIdentifier implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.journal().entries().stream().flatMap(OneInstancePerIdentifier::duplicates);
    }

    private static Stream<String> duplicates(JournalEntry entry) {
        return entry.effects().stream().filter(effect -> effect.matches("(jit-)?loaded (late )?\\S+:\\d+ .*"));
    }
}
