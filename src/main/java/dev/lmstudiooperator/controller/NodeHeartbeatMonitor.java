package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.controller.nodelifecycle.ClusterDisruption;
import dev.lmstudiooperator.controller.nodelifecycle.DisruptionAssessment;
import dev.lmstudiooperator.controller.nodelifecycle.Heartbeat;
import dev.lmstudiooperator.controller.nodelifecycle.HeartbeatTracker;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Monitors the heartbeats of all agents. If most of them stop, it first suspects the controller itself. */
final class NodeHeartbeatMonitor implements LeaseWatch.Listener {

    private static final Logger LOG = Logger.getLogger(NodeHeartbeatMonitor.class);

    /** All nodes are assessed together and share the result. */
    private static final Duration SHARED_FOR = Duration.ofSeconds(1);

    private final NodeCache nodes;
    private final InstantSource steadyClock;
    private final HeartbeatTracker silence = new HeartbeatTracker();
    private final Set<Instant> logged = new HashSet<>();
    private DisruptionAssessment judgement = new DisruptionAssessment(List.of());
    private Instant judgedAt = Instant.MIN;

    /** @param steadyClock a clock that is never adjusted */
    NodeHeartbeatMonitor(NodeCache nodes, InstantSource steadyClock) {
        this.nodes = nodes;
        this.steadyClock = steadyClock;
    }

    Instant now() {
        return steadyClock.instant();
    }

    @Override
    public void seen(String nodeName, Lease lease) {
        if (silence.seen(nodeName, lease, now())) {
            LogEvent.of("Node heartbeat restored").with(LogField.NODE, nodeName).info(LOG);
            nodes.wake(nodeName);
        }
    }

    @Override
    public void gone(String nodeName) {
        silence.gone(nodeName, now());
        nodes.wake(nodeName);
    }

    Heartbeat pulse(String nodeName) {
        return silence.pulse(nodeName, now());
    }

    boolean isSilent(String nodeName) {
        return silence.isSilent(nodeName, now());
    }

    /** The disruption because of which the missing heartbeat of this node has no consequences yet. */
    synchronized Optional<ClusterDisruption> outageOf(Heartbeat node) {
        Instant now = now();
        if (!now.isBefore(judgedAt.plus(SHARED_FOR))) {
            judgement = DisruptionAssessment.of(pulses(), now);
            judgedAt = now;
            log(judgement.outages());
        }
        return judgement.isLost(node, now) ? Optional.empty() : judgement.outageOf(node.nodeName());
    }

    private List<Heartbeat> pulses() {
        return nodes.all()
                .map(LMStudioNode::getMetadata)
                .map(node -> pulse(node.getName()))
                .toList();
    }

    private void log(List<ClusterDisruption> outages) {
        outages.stream().filter(outage -> logged.add(outage.beganAt())).forEach(outage -> LogEvent.of(
                        "Multiple node heartbeats lost at once")
                .with(LogField.SINCE, outage.beganAt())
                .with(LogField.EXPLANATION, outage.message())
                .warn(LOG));
        logged.retainAll(outages.stream().map(ClusterDisruption::beganAt).collect(Collectors.toSet()));
    }
}
