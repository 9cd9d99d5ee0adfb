package dev.lmstudiooperator.api.v1alpha1;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.Optional;

/**
 * Properties of the {@code Lease} that each agent renews as its heartbeat. The Lease also ensures that each node has only
 * one active agent. It is in the namespace of the operator. The prefix separates its name from the name of the controller
 * Lease.
 */
public final class NodeLease {

    /** Label of every node Lease, so that one watch selects all of them. Its value has no meaning. */
    public static final String LABEL = ManagedModel.GROUP + "/node-lease";

    /** The name of a Lease has at most 253 characters. */
    public static final int LONGEST_NODE_NAME = 248;

    /** Maximum time between two renewals. It limits the duration that a Lease specifies. */
    public static final Duration LONGEST_DURATION = Duration.ofMinutes(10);

    private static final String PREFIX = "node.";

    private NodeLease() {}

    /** The name of the Lease of this node. */
    public static String nameFor(String nodeName) {
        return PREFIX + nodeName;
    }

    /** The node of this Lease; empty if it is not a node Lease. */
    public static Optional<String> nodeOf(Lease lease) {
        String name = lease.getMetadata().getName();
        return name.startsWith(PREFIX) ? Optional.of(name.substring(PREFIX.length())) : Optional.empty();
    }
}
