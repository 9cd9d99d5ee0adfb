package dev.lmstudiooperator.controller.lifecycle;

import java.time.Instant;

/** What is known of a node to which a ManagedModel is bound. */
public sealed interface NodeState {

    /** Its agent was heard of lately. */
    record Alive() implements NodeState {}

    /** Nothing was heard of its agent, but nothing is concluded from that yet. */
    record Silent(Instant since, String message) implements NodeState {}

    /** Its agent is silent; it may come back. */
    record Lost(Instant since) implements NodeState {}

    /** Its agent is silent, and the node does not exist any more. */
    record Gone(Instant since, String why) implements NodeState {}
}
