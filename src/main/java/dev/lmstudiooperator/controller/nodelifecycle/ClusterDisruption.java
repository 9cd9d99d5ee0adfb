package dev.lmstudiooperator.controller.nodelifecycle;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Describes a disruption: so many heartbeats stopped at once that the controller may be partitioned, or the API server
 * may have a problem.
 *
 * <p>Terms. A heartbeat is late after half of its lease duration, and expired after the whole lease duration. A node is
 * in doubt while its heartbeat is late, and for one lease duration after the heartbeat has resumed.
 *
 * <p>Rule. Take any node in doubt; T is its last heartbeat before the doubt. The live nodes are those with a heartbeat at
 * T or later. The affected nodes are those in doubt since T, or since at most one lease duration later. A disruption
 * requires at least three live nodes, of which more than half are affected. The heartbeat of at least one affected node
 * must have expired. No affected node is lost earlier than five minutes after the first of their heartbeats expired.
 * After that, one node is lost every ten seconds. Every other node is lost when its heartbeat expires.
 *
 * <p>Doubt begins early and ends late, because nodes do not renew at the same moment. Heartbeats therefore neither expire
 * nor resume at the same moment. If only expired heartbeats counted, the first half of a cluster would be lost before the
 * rule applied. The last half would be lost as soon as the first half was back. Only live nodes count, because a
 * heartbeat that expired long ago is no sign that the controller is partitioned now.
 *
 * <p>Trade-offs. If half of a cluster really dies at once, the controller detects it five minutes late. Of hundreds of
 * nodes, the last ones are marked lost hours later. Of two nodes, or of the last two, both are lost when the controller
 * is partitioned; their agents correct the status. A node that was lost less than one lease duration before a disruption
 * began is in doubt again with the others. A new leader knows no earlier heartbeats. To it, the heartbeats of nodes that
 * have died and are not reported lost yet expire together. If they are more than half, it marks them lost slowly. Nodes
 * whose lease duration is much longer than that of others may be in doubt too late to count.
 *
 * @param beganAt the first of those last heartbeats; identifies the disruption as long as that node is in doubt
 * @param lostAt by node, when a node with a late heartbeat will be lost unless its heartbeat resumes
 * @param message one sentence for users; it contains counts and therefore changes in the first seconds
 */
record ClusterDisruption(Instant beganAt, Map<String, Instant> lostAt, String message) {

    static final Duration GRACE = Duration.ofMinutes(5);
    static final Duration PACE = Duration.ofSeconds(10);

    private static final int FEWEST_NODES = 3;

    /**
     * Assesses all nodes together.
     *
     * @param registered the last heartbeats of all registered nodes, expired or not
     */
    static Assessment assess(Collection<Heartbeat> registered, Instant now) {
        return new Assessment(among(registered, now));
    }

    /**
     * The current disruptions among all registered nodes. A disruption ends when enough of its nodes are back, or all the
     * others are lost.
     */
    private static List<ClusterDisruption> among(Collection<Heartbeat> registered, Instant now) {
        List<Instant> signs =
                registered.stream().map(Heartbeat::observedAt).sorted().toList();
        List<Doubt> doubts = doubts(registered, now);
        List<ClusterDisruption> disruptions = new ArrayList<>();
        int dead = 0;
        int next = 0;
        while (next < doubts.size()) {
            Doubt first = doubts.get(next);
            while (dead < signs.size() && signs.get(dead).isBefore(first.since())) {
                dead++;
            }
            List<Doubt> atOnce = doubts.subList(next, doubts.size()).stream()
                    .takeWhile(doubt -> !doubt.since().isAfter(first.until()))
                    .toList();
            if (isDisruption(atOnce, signs.size() - dead, now)) {
                disruptions.add(of(atOnce, signs.size() - dead, now));
                next += atOnce.size();
            } else {
                next++;
            }
        }
        return disruptions.stream()
                .filter(disruption -> disruption.isUndecided(now))
                .toList();
    }

    private static List<Doubt> doubts(Collection<Heartbeat> nodes, Instant now) {
        return nodes.stream()
                .flatMap(node -> node.doubtfulSince(now).map(since -> new Doubt(node, since)).stream())
                .sorted(Comparator.comparing(Doubt::since))
                .toList();
    }

    private static boolean isDisruption(List<Doubt> atOnce, int living, Instant now) {
        return living >= FEWEST_NODES
                && 2 * atOnce.size() > living
                && atOnce.stream().anyMatch(doubt -> doubt.node().isExpired(now));
    }

    private static ClusterDisruption of(List<Doubt> atOnce, int living, Instant now) {
        List<Heartbeat> late = atOnce.stream()
                .map(Doubt::node)
                .filter(node -> node.isLate(now))
                .sorted(Comparator.comparing(Heartbeat::expiresAt).thenComparing(Heartbeat::nodeName))
                .toList();
        Instant graceEndsAt = late.getFirst().expiresAt().plus(GRACE);
        Map<String, Instant> lostAt = new HashMap<>();
        for (Heartbeat node : late) {
            Instant next = graceEndsAt.plus(PACE.multipliedBy(lostAt.size()));
            lostAt.put(node.nodeName(), next.isAfter(node.expiresAt()) ? next : node.expiresAt());
        }
        return new ClusterDisruption(
                atOnce.getFirst().since(),
                Map.copyOf(lostAt),
                ("%d of %d agents stopped renewing their Leases at the same time; the controller may be partitioned."
                                + " No node is marked lost before %s, then at most one every %d s")
                        .formatted(
                                atOnce.size(), living, graceEndsAt.truncatedTo(ChronoUnit.SECONDS), PACE.toSeconds()));
    }

    private boolean isUndecided(Instant now) {
        return lostAt.values().stream().anyMatch(now::isBefore);
    }

    /**
     * Determines which nodes are lost. A node with an expired heartbeat is lost, unless a disruption postpones this.
     *
     * @param disruptions the current disruptions, oldest first; usually empty
     */
    record Assessment(List<ClusterDisruption> disruptions) {

        /** The disruption that affects the node. */
        Optional<ClusterDisruption> disruptionOf(String nodeName) {
            return disruptions.stream()
                    .filter(disruption -> disruption.lostAt().containsKey(nodeName))
                    .findFirst();
        }

        /** When the node will be lost unless its heartbeat resumes, or since when it is lost. */
        Instant lostAt(Heartbeat node) {
            return disruptionOf(node.nodeName())
                    .map(disruption -> disruption.lostAt().getOrDefault(node.nodeName(), node.expiresAt()))
                    .orElse(node.expiresAt());
        }

        boolean isLost(Heartbeat node, Instant now) {
            return !now.isBefore(lostAt(node));
        }
    }

    /** @param since the last heartbeat before the doubt began */
    private record Doubt(Heartbeat node, Instant since) {

        /** Nodes whose last heartbeat is not later than this belong to the same disruption. */
        Instant until() {
            return since.plus(node.leaseDuration());
        }
    }
}
