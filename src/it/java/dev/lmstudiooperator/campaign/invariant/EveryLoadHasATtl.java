package dev.lmstudiooperator.campaign.invariant;

import java.util.stream.Stream;

/** Every load has a TTL, which frees the memory when no agent is alive. */
final class EveryLoadHasATtl implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.journal().calls("load").stream()
                .filter(call -> Evidence.option(call, "--ttl=")
                        .filter(ttl -> ttl.matches("[1-9][0-9]*"))
                        .isEmpty())
                .map(Evidence::reported);
    }
}
