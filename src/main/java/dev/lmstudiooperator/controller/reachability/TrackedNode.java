package dev.lmstudiooperator.controller.reachability;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the controller knows about the address of one node.
 *
 * @param apiAddress the URL in the status of the node; null if there is none
 * @param detail why the address does not answer; empty if it does, or before the first probe
 * @param checks the number of checks of this URL
 */
record TrackedNode(@Nullable String apiAddress, NodeAddress address, ProbeHistory probes, String detail, long checks) {

    /** A host name is resolved again with every fifth check, which is once in less than 60 s. */
    private static final int CHECKS_BETWEEN_LOOKUPS = 5;

    static TrackedNode of(@Nullable String apiAddress, ProbeHistory probes) {
        return new TrackedNode(apiAddress, new NodeAddress.Unknown(), probes, "", 0);
    }

    boolean isLookupDue() {
        return checks % CHECKS_BETWEEN_LOOKUPS == 0;
    }

    boolean isReachable() {
        return Boolean.TRUE.equals(probes.isReachable());
    }

    /** Another address of the same host needs a probe of its own. The first address keeps the history. */
    TrackedNode resolved(NodeAddress next) {
        boolean isSameHost =
                address instanceof NodeAddress.Unknown || host(address).equals(host(next));
        return new TrackedNode(
                apiAddress, next, isSameHost ? probes : ProbeHistory.NONE, isSameHost ? detail : "", checks);
    }

    /** @param failure why the address does not answer; null if it does. The detail changes only with the result */
    TrackedNode probed(@Nullable String failure) {
        ProbeHistory next = probes.with(failure == null);
        boolean isChanged = !Objects.equals(next.isReachable(), probes.isReachable());
        String nextDetail = failure == null ? "" : isChanged || detail.isEmpty() ? failure : detail;
        return new TrackedNode(apiAddress, address, next, nextDetail, checks);
    }

    TrackedNode counted() {
        return new TrackedNode(apiAddress, address, probes, detail, checks + 1);
    }

    /** Whether endpoints of the node may have to change. */
    boolean differsFrom(TrackedNode other) {
        return !address.equals(other.address) || isReachable() != other.isReachable();
    }

    private static String host(NodeAddress address) {
        return address instanceof NodeAddress.Usable usable ? usable.host() : "";
    }
}
