package dev.lmstudiooperator.campaign.invariant;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** A status for a newer spec is not followed by a status for an older one. */
final class ObservedGenerationNeverGoesBack implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        Map<String, Long> highest = new HashMap<>();
        return evidence.versions().stream()
                .filter(version -> version.observedGeneration()
                        < highest.merge(version.uid(), version.observedGeneration(), Math::max))
                .map(version -> "back to %d: %s".formatted(version.observedGeneration(), version));
    }
}
