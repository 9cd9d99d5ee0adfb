package dev.lmstudiooperator.controller.modelset;

/**
 * A node, as a set with {@code everyNode} sees it.
 *
 * @param nodeName the name of its LMStudioNode
 * @param isMatching whether its labels and its allowed namespaces match the set
 * @param isOpen whether a replica can be scheduled to it now: it is schedulable, and its agent has a heartbeat
 */
record Place(String nodeName, boolean isMatching, boolean isOpen) {}
