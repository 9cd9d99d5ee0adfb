package dev.lmstudiooperator.controller.nodelifecycle;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Since when nothing was heard of each node. What counts is that its lease changes, and when this process saw it change:
 * the times in the lease are those of another machine, which may be wrong, and are never compared with a time of ours. So
 * nothing is known of the time before this process began to look: a node has the patience of a lease from then on.
 *
 * <p>The caller's times must come from one clock that nobody sets, such as a {@link dev.lmstudiooperator.clock.SteadyClock}.
 */
public final class HeartbeatTracker {

    /** Of a lease that does not tell, and of a node that has none. */
    static final Duration USUAL_PATIENCE = Duration.ofSeconds(40);

    static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(4);

    private final Map<String, Heard> nodes = new HashMap<>();

    /**
     * A lease as the API server shows it now. One that is shown again unchanged is no sign of life.
     *
     * @return whether the node was silent until now
     */
    public synchronized boolean seen(String nodeName, Lease lease, Instant now) {
        Heard before = nodes.get(nodeName);
        Version version = Version.of(lease);
        if (before != null && version.equals(before.lease())) {
            return false;
        }
        nodes.put(nodeName, new Heard(version, new Heartbeat(nodeName, now, patience(lease), lastGap(before, now))));
        return before != null && before.pulse().isSilent(now);
    }

    /**
     * The lease was deleted. Whoever was heard of until now has the patience of that lease to make a new one; whoever was
     * silent stays so, since that is no sign of life.
     */
    public synchronized void gone(String nodeName, Instant now) {
        Heard before = known(nodeName, now);
        if (before.lease() == null) {
            return;
        }
        Heartbeat pulse = before.pulse();
        Heartbeat since = pulse.isSilent(now) ? pulse : new Heartbeat(nodeName, now, pulse.patience(), pulse.lastGap());
        nodes.put(nodeName, new Heard(null, since));
    }

    public boolean isSilent(String nodeName, Instant now) {
        return pulse(nodeName, now).isSilent(now);
    }

    /** The last sign of life. Who asks for a node that was never heard of begins its silence. */
    public synchronized Heartbeat pulse(String nodeName, Instant now) {
        return known(nodeName, now).pulse();
    }

    private Heard known(String nodeName, Instant now) {
        return nodes.computeIfAbsent(nodeName, name -> new Heard(null, new Heartbeat(name, now, USUAL_PATIENCE, null)));
    }

    private static Heartbeat.@Nullable Gap lastGap(@Nullable Heard before, Instant now) {
        if (before == null) {
            return null;
        }
        Heartbeat pulse = before.pulse();
        return pulse.isQuiet(now) ? new Heartbeat.Gap(pulse.heardAt(), now) : pulse.lastGap();
    }

    private static Duration patience(Lease lease) {
        LeaseSpec spec = lease.getSpec();
        Integer seconds = spec == null ? null : spec.getLeaseDurationSeconds();
        Duration told = seconds == null ? USUAL_PATIENCE : Duration.ofSeconds(seconds);
        Duration bounded = told.compareTo(NodeLease.LONGEST_DURATION) > 0 ? NodeLease.LONGEST_DURATION : told;
        return bounded.compareTo(SHORTEST_PATIENCE) < 0 ? SHORTEST_PATIENCE : bounded;
    }

    /** @param lease as it was last seen; null when there is none */
    private record Heard(@Nullable Version lease, Heartbeat pulse) {}

    /** What an agent changes when it renews its lease, and what the API server changes with any write. */
    private record Version(
            @Nullable ZonedDateTime renewTime,
            @Nullable String holder,
            @Nullable String resourceVersion) {

        static Version of(Lease lease) {
            LeaseSpec spec = requireNonNullElse(lease.getSpec(), new LeaseSpec());
            return new Version(
                    spec.getRenewTime(),
                    spec.getHolderIdentity(),
                    lease.getMetadata().getResourceVersion());
        }
    }
}
