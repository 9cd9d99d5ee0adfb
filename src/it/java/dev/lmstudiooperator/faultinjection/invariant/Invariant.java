package dev.lmstudiooperator.faultinjection.invariant;

import java.util.stream.Stream;

/** A property that holds in every run, with any fault. */
interface Invariant {

    /** One sentence for each violation; empty if the invariant holds. */
    Stream<String> violations(Evidence evidence);
}
