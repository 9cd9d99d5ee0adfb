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

/**
 * So many nodes fell silent at once that it may be the controller that is cut off, or the API server that is in trouble.
 *
 * <p>The rule. A node is in doubt when nothing was heard of it for half of its lease duration, and for one lease duration
 * after it was heard of again. Take the last sign of life of any node in doubt. Those that lived then are the nodes that were
 * heard of then or later. If they are three or more, and more than half of them are in doubt since then, or since no more
 * than one lease duration later, and any of these is silent now, it is an outage. Then none of them is lost before five
 * minutes after the first of them fell silent, and after that one every ten seconds. Every other node is lost when it is
 * silent.
 *
 * <p>Why doubt begins early and ends late: the nodes do not renew at the same moment, so that they neither fall silent nor
 * come back at the same moment. If silent nodes alone counted, the first half of a cluster would be lost before the rule
 * noticed, and the last half as soon as the first was back. Why those who lived then: who has been silent for long says
 * nothing about a controller that is cut off now.
 *
 * <p>What is given up. When half of a cluster really dies at once, it is known five minutes later than it could be, and of
 * hundreds of nodes the last are lost hours later. Of two nodes, or of the last two, both are lost when the controller is cut
 * off; their agents correct it. A node that was lost less than one lease duration before an outage began is in doubt with the
 * others again. A new leader has heard of nobody before: to it, those who were dead already fall silent together, and if they
 * are more than half, it is slow about them. Nodes whose leases last much longer than those of others may be in doubt too
 * late to count.
 *
 * @param beganAt the first of those last signs of life; names the outage as long as that node is in doubt
 * @param lostAt when those that are quiet will be lost if nothing is heard of them before, by node
 * @param message one sentence for a person; it counts, and so changes in the first seconds
 */
public record ClusterDisruption(Instant beganAt, Map<String, Instant> lostAt, String message) {

    static final Duration GRACE = Duration.ofMinutes(5);
    static final Duration PACE = Duration.ofSeconds(10);

    private static final int FEWEST_NODES = 3;

    /**
     * Those that are under way, of all nodes that are registered. An outage is over when enough of its nodes are back, or
     * all the others are lost.
     */
    static List<ClusterDisruption> among(Collection<Heartbeat> registered, Instant now) {
        List<Instant> signs = registered.stream().map(Heartbeat::heardAt).sorted().toList();
        List<Doubt> doubts = doubts(registered, now);
        List<ClusterDisruption> outages = new ArrayList<>();
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
            if (isOutage(atOnce, signs.size() - dead, now)) {
                outages.add(of(atOnce, signs.size() - dead, now));
                next += atOnce.size();
            } else {
                next++;
            }
        }
        return outages.stream().filter(outage -> outage.isUndecided(now)).toList();
    }

    private static List<Doubt> doubts(Collection<Heartbeat> nodes, Instant now) {
        return nodes.stream()
                .flatMap(node -> node.doubtfulSince(now).map(since -> new Doubt(node, since)).stream())
                .sorted(Comparator.comparing(Doubt::since))
                .toList();
    }

    private static boolean isOutage(List<Doubt> atOnce, int living, Instant now) {
        return living >= FEWEST_NODES
                && 2 * atOnce.size() > living
                && atOnce.stream().anyMatch(doubt -> doubt.node().isSilent(now));
    }

    private static ClusterDisruption of(List<Doubt> atOnce, int living, Instant now) {
        List<Heartbeat> quiet = atOnce.stream()
                .map(Doubt::node)
                .filter(node -> node.isQuiet(now))
                .sorted(Comparator.comparing(Heartbeat::silentAt).thenComparing(Heartbeat::nodeName))
                .toList();
        Instant graceEndsAt = quiet.getFirst().silentAt().plus(GRACE);
        Map<String, Instant> lostAt = new HashMap<>();
        for (Heartbeat node : quiet) {
            Instant turn = graceEndsAt.plus(PACE.multipliedBy(lostAt.size()));
            lostAt.put(node.nodeName(), turn.isAfter(node.silentAt()) ? turn : node.silentAt());
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

    /** @param since its last sign of life before the doubt began */
    private record Doubt(Heartbeat node, Instant since) {

        /** Who falls quiet by then, does so at once with it. */
        Instant until() {
            return since.plus(node.patience());
        }
    }
}
