package dev.lmstudiooperator.api.v1alpha1;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.Optional;

/**
 * The {@code Lease} by which an agent tells that it lives, and that nobody else is the agent of its node. It stands in the
 * operator's namespace; the prefix keeps its name apart from the controller's, whatever a node is called.
 */
public final class NodeLease {

    /** Every node's lease carries it, so that they can be watched together; its value says nothing. */
    public static final String LABEL = ManagedModel.GROUP + "/node-lease";

    /** A Lease's name may have 253 characters. */
    public static final int LONGEST_NODE_NAME = 248;

    /** No agent takes longer between two renewals, whatever somebody wrote into its Lease. */
    public static final Duration LONGEST_DURATION = Duration.ofMinutes(10);

    private static final String PREFIX = "node.";

    private NodeLease() {}

    /** The name of the lease of this node. */
    public static String nameFor(String nodeName) {
        return PREFIX + nodeName;
    }

    /** The node whose lease it is; empty when it is none of a node. */
    public static Optional<String> nodeOf(Lease lease) {
        String name = lease.getMetadata().getName();
        return name.startsWith(PREFIX) ? Optional.of(name.substring(PREFIX.length())) : Optional.empty();
    }
}
