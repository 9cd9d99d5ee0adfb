package dev.lmstudiooperator.controller.liveness;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Which nodes are lost: those that are silent, unless too many of them are for it to be believed at once.
 *
 * @param outages those under way, the oldest first; mostly none
 */
public record Judgement(List<Outage> outages) {

    /**
     * Judges all nodes together.
     *
     * @param registered the last signs of life of all nodes that are registered, silent or not
     */
    public static Judgement of(Collection<Pulse> registered, Instant now) {
        return new Judgement(Outage.among(registered, now));
    }

    /** The outage that the node is part of. */
    public Optional<Outage> outageOf(String nodeName) {
        return outages.stream()
                .filter(outage -> outage.lostAt().containsKey(nodeName))
                .findFirst();
    }

    /** When the node will be lost if nothing is heard of it before, or since when it is. */
    public Instant lostAt(Pulse node) {
        return outageOf(node.nodeName())
                .map(outage -> outage.lostAt().getOrDefault(node.nodeName(), node.silentAt()))
                .orElse(node.silentAt());
    }

    public boolean isLost(Pulse node, Instant now) {
        return !now.isBefore(lostAt(node));
    }
}
