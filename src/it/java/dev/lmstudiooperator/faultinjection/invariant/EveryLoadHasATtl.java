package dev.lmstudiooperator.faultinjection.invariant;

import java.util.stream.Stream;

/** Every load has a TTL, so that LM Studio frees the memory if no agent runs. */
final class EveryLoadHasATtl implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.journal().calls("load").stream()
                .filter(call -> Evidence.option(call, "--ttl=")
                        .filter(ttl -> ttl.matches("[1-9][0-9]*"))
                        .isEmpty())
                .map(Evidence::describe);
    }
}
