package dev.lmstudiooperator.controller.scheduling;

import java.util.Set;

/**
 * The identifier of a ManagedModel, which names one instance on a node.
 *
 * @param identifier the name that clients use
 * @param nodes the nodes to which another ManagedModel with this identifier is scheduled
 */
record IdentifierClaim(String identifier, Set<String> nodes) {

    static final IdentifierClaim NONE = new IdentifierClaim("", Set.of());
}
