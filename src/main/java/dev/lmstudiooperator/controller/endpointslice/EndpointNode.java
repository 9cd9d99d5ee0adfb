package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.controller.reachability.NodeAddress;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint needs to know about the node of a ManagedModel.
 *
 * @param name the name of the LMStudioNode
 * @param isLost whether the heartbeat of its agent is lost
 * @param isReachable whether its address answers the controller
 * @param isInCluster whether a Kubernetes Node of the same name exists
 * @param zone the zone of the Kubernetes Node; null if it has none
 */
record EndpointNode(
        String name,
        NodeAddress address,
        boolean isLost,
        boolean isReachable,
        boolean isInCluster,
        @Nullable String zone) {

    /** Whether an earlier leader reached the node, and this one has not looked up its address yet. */
    boolean isLookupPending() {
        return isReachable && address instanceof NodeAddress.Unknown;
    }

    /** A node that has no LMStudioNode. */
    static EndpointNode unknown(String name) {
        return new EndpointNode(name, new NodeAddress.Unknown(), true, false, false, null);
    }
}
