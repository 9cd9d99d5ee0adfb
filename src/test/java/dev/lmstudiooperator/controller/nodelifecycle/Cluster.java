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
 * Nodes whose agents renew every ten seconds, each at a moment of its own, and a controller that judges every second. Time
 * passes in steps of a second, and no renewal happens but in {@link #pass}.
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

    /** Nothing reaches the controller of the nodes from this one to before that one. */
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
                    silence.seen(nodes.get(node), Leases.lease(version), now);
                    judge();
                }
            }
            judge();
        }
        return this;
    }

    private void judge() {
        DisruptionAssessment judgement = judgement();
        for (Heartbeat pulse : pulses()) {
            if (!judgement.isLost(pulse, now)) {
                lost.remove(pulse.nodeName());
            } else if (lost.putIfAbsent(pulse.nodeName(), now) == null) {
                losses.add(now);
            }
        }
    }

    List<Heartbeat> pulses() {
        return nodes.stream()
                .filter(renewals::containsKey)
                .map(node -> silence.pulse(node, now))
                .toList();
    }

    DisruptionAssessment judgement() {
        return DisruptionAssessment.of(pulses(), now);
    }

    Heartbeat pulse(int node) {
        return silence.pulse(name(node), now);
    }

    Optional<ClusterDisruption> outage() {
        return judgement().outages().stream().findFirst();
    }

    Instant now() {
        return now;
    }

    /** Who is lost now, and since when. */
    Map<String, Instant> lost() {
        return lost;
    }

    /** When each node was lost that ever was. */
    List<Instant> losses() {
        return losses;
    }
}
