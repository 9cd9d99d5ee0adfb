package dev.lmstudiooperator.controller.nodelifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Simulates nodes whose agents renew every ten seconds at different moments, and a controller that evaluates them every
 * second. Time advances in steps of one second, and agents renew only in {@link #pass}.
 */
final class Cluster {

    static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

    private static final int PERIOD = 10;

    private final HeartbeatTracker silence = new HeartbeatTracker();
    private final List<String> nodes;
    private final Set<String> cutOff = new HashSet<>();
    private final Map<String, Integer> renewals = new HashMap<>();
    private final Map<String, Instant> lost = new TreeMap<>();
    private final List<Instant> losses = new ArrayList<>();
    private Instant now = START;

    Cluster(int size) {
        this.nodes = IntStream.range(0, size).mapToObj(Cluster::name).toList();
        pass(PERIOD);
    }

    static String name(int node) {
        return "gpu-%04d".formatted(node);
    }

    /** Partitions the controller from the nodes {@code from} (inclusive) to {@code to} (exclusive). */
    Cluster cutOff(int from, int to) {
        nodes.subList(from, to).forEach(cutOff::add);
        return this;
    }

    Cluster reconnect(int from, int to) {
        nodes.subList(from, to).forEach(cutOff::remove);
        return this;
    }

    Cluster pass(Duration time) {
        return pass((int) time.toSeconds());
    }

    Cluster pass(int seconds) {
        for (int second = 0; second < seconds; second++) {
            now = now.plusSeconds(1);
            for (int node = 0; node < nodes.size(); node++) {
                boolean isDue = (Duration.between(START, now).toSeconds() + node) % PERIOD == 0;
                if (isDue && !cutOff.contains(nodes.get(node))) {
                    int version = renewals.merge(nodes.get(node), 1, Integer::sum);
                    silence.observed(nodes.get(node), Leases.lease(version), now);
                    judge();
                }
            }
            judge();
        }
        return this;
    }

    private void judge() {
        ClusterDisruption.Assessment judgement = judgement();
        for (Heartbeat heartbeat : pulses()) {
            if (!judgement.isLost(heartbeat, now)) {
                lost.remove(heartbeat.nodeName());
            } else if (lost.putIfAbsent(heartbeat.nodeName(), now) == null) {
                losses.add(now);
            }
        }
    }

    List<Heartbeat> pulses() {
        return nodes.stream()
                .filter(renewals::containsKey)
                .map(node -> silence.heartbeat(node, now))
                .toList();
    }

    ClusterDisruption.Assessment judgement() {
        return ClusterDisruption.assess(pulses(), now);
    }

    Heartbeat heartbeat(int node) {
        return silence.heartbeat(name(node), now);
    }

    Optional<ClusterDisruption> outage() {
        return judgement().disruptions().stream().findFirst();
    }

    Instant now() {
        return now;
    }

    /** The lost nodes, and the time of each loss. */
    Map<String, Instant> lost() {
        return lost;
    }

    /** The times of all losses so far. */
    List<Instant> losses() {
        return losses;
    }
}
