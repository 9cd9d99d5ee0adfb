package dev.lmstudiooperator.campaign.invariant;

import java.util.stream.Stream;

/** Something that holds in every run, whatever happens. */
interface Invariant {

    /** A sentence each for what breaks it; empty when it holds. */
    Stream<String> violations(Evidence evidence);
}
