package dev.lmstudiooperator.campaign.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.util.stream.Stream;

/** No duplicate instance: LM Studio would name a second one {@code identifier:2}. */
final class OneInstancePerIdentifier implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.journal().entries().stream().flatMap(OneInstancePerIdentifier::second);
    }

    private static Stream<String> second(JournalEntry entry) {
        return entry.effects().stream().filter(effect -> effect.matches("(jit-)?loaded (late )?\\S+:\\d+ .*"));
    }
}
