package dev.lmstudiooperator.controller.nodelifecycle;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Determines which nodes are lost. A node with an expired heartbeat is lost, unless a disruption postpones this.
 *
 * @param outages the current disruptions, oldest first; usually empty
 */
public record DisruptionAssessment(List<ClusterDisruption> outages) {

    /**
     * Assesses all nodes together.
     *
     * @param registered the last heartbeats of all registered nodes, expired or not
     */
    public static DisruptionAssessment of(Collection<Heartbeat> registered, Instant now) {
        return new DisruptionAssessment(ClusterDisruption.among(registered, now));
    }

    /** The disruption that affects the node. */
    public Optional<ClusterDisruption> outageOf(String nodeName) {
        return outages.stream()
                .filter(outage -> outage.lostAt().containsKey(nodeName))
                .findFirst();
    }

    /** When the node will be lost unless its heartbeat resumes, or since when it is lost. */
    public Instant lostAt(Heartbeat node) {
        return outageOf(node.nodeName())
                .map(outage -> outage.lostAt().getOrDefault(node.nodeName(), node.silentAt()))
                .orElse(node.silentAt());
    }

    public boolean isLost(Heartbeat node, Instant now) {
        return !now.isBefore(lostAt(node));
    }
}
