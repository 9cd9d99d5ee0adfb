package dev.lmstudiooperator.controller.nodelifecycle;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Which nodes are lost: those that are silent, unless too many of them are for it to be believed at once.
 *
 * @param outages those under way, the oldest first; mostly none
 */
public record DisruptionAssessment(List<ClusterDisruption> outages) {

    /**
     * Judges all nodes together.
     *
     * @param registered the last signs of life of all nodes that are registered, silent or not
     */
    public static DisruptionAssessment of(Collection<Heartbeat> registered, Instant now) {
        return new DisruptionAssessment(ClusterDisruption.among(registered, now));
    }

    /** The outage that the node is part of. */
    public Optional<ClusterDisruption> outageOf(String nodeName) {
        return outages.stream()
                .filter(outage -> outage.lostAt().containsKey(nodeName))
                .findFirst();
    }

    /** When the node will be lost if nothing is heard of it before, or since when it is. */
    public Instant lostAt(Heartbeat node) {
        return outageOf(node.nodeName())
                .map(outage -> outage.lostAt().getOrDefault(node.nodeName(), node.silentAt()))
                .orElse(node.silentAt());
    }

    public boolean isLost(Heartbeat node, Instant now) {
        return !now.isBefore(lostAt(node));
    }
}
