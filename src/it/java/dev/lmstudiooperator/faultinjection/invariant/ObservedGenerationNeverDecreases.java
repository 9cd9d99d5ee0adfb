package dev.lmstudiooperator.faultinjection.invariant;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The observed generation never decreases. */
final class ObservedGenerationNeverDecreases implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        Map<String, Long> highest = new HashMap<>();
        return evidence.versions().stream()
                .filter(version -> version.observedGeneration()
                        < highest.merge(version.uid(), version.observedGeneration(), Math::max))
                .map(version -> "decreased to %d: %s".formatted(version.observedGeneration(), version));
    }
}
