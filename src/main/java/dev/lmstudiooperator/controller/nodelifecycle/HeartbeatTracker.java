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
 * Tracks the last heartbeat of each node. A heartbeat is a change of the node's Lease, dated when this process observes
 * it. The times in the Lease come from another machine and may be wrong. They are never compared with a local time.
 * Earlier heartbeats are unknown to a new process, so each node first has one lease duration to renew.
 *
 * <p>The times that callers pass must come from one clock that is never adjusted, such as a
 * {@link dev.lmstudiooperator.clock.SteadyClock}.
 */
public final class HeartbeatTracker {

    /** Used for a Lease without a duration, and for a node without a Lease. */
    static final Duration DEFAULT_DURATION = Duration.ofSeconds(40);

    static final Duration SHORTEST_DURATION = Duration.ofSeconds(4);

    private final Map<String, Observed> nodes = new HashMap<>();

    /**
     * Records a Lease as the API server returns it. An unchanged Lease is not a heartbeat.
     *
     * @return whether the previous heartbeat had expired
     */
    public synchronized boolean observed(String nodeName, Lease lease, Instant now) {
        Observed before = nodes.get(nodeName);
        Version version = Version.of(lease);
        if (before != null && version.equals(before.lease())) {
            return false;
        }
        nodes.put(
                nodeName,
                new Observed(
                        version,
                        new Heartbeat(nodeName, now, leaseDuration(lease), lastGap(before, now)),
                        before != null && (before.hasBeaten() || before.lease() != null)));
        return before != null && before.heartbeat().isExpired(now);
    }

    /**
     * Records that the Lease was deleted. If the heartbeat has not expired, the agent has one lease duration to create a
     * new Lease. An expired heartbeat stays expired, because a deletion is not a heartbeat.
     */
    public synchronized void gone(String nodeName, Instant now) {
        Observed before = known(nodeName, now);
        if (before.lease() == null) {
            return;
        }
        Heartbeat heartbeat = before.heartbeat();
        Heartbeat since = heartbeat.isExpired(now)
                ? heartbeat
                : new Heartbeat(nodeName, now, heartbeat.leaseDuration(), heartbeat.lastGap());
        nodes.put(nodeName, new Observed(null, since, before.hasBeaten()));
    }

    /** Whether the Lease has changed since it was first observed. */
    public synchronized boolean hasBeaten(String nodeName) {
        Observed observed = nodes.get(nodeName);
        return observed != null && observed.hasBeaten();
    }

    public boolean isExpired(String nodeName, Instant now) {
        return heartbeat(nodeName, now).isExpired(now);
    }

    /** The last heartbeat. For an unknown node, the lease duration starts with this call. */
    public synchronized Heartbeat heartbeat(String nodeName, Instant now) {
        return known(nodeName, now).heartbeat();
    }

    private Observed known(String nodeName, Instant now) {
        return nodes.computeIfAbsent(
                nodeName, name -> new Observed(null, new Heartbeat(name, now, DEFAULT_DURATION, null), false));
    }

    private static Heartbeat.@Nullable Gap lastGap(@Nullable Observed before, Instant now) {
        if (before == null) {
            return null;
        }
        Heartbeat heartbeat = before.heartbeat();
        return heartbeat.isLate(now) ? new Heartbeat.Gap(heartbeat.observedAt(), now) : heartbeat.lastGap();
    }

    private static Duration leaseDuration(Lease lease) {
        LeaseSpec spec = lease.getSpec();
        Integer seconds = spec == null ? null : spec.getLeaseDurationSeconds();
        return seconds == null
                ? DEFAULT_DURATION
                : Duration.ofSeconds(Math.clamp(
                        seconds.longValue(), SHORTEST_DURATION.toSeconds(), NodeLease.LONGEST_DURATION.toSeconds()));
    }

    /** @param lease the Lease as last observed; null if there is none */
    private record Observed(@Nullable Version lease, Heartbeat heartbeat, boolean hasBeaten) {}

    /** The fields that an agent changes with a renewal, and the version that the API server changes with every write. */
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
