package dev.lmstudiooperator.controller.scheduling;

/** The scheduling decision for a ManagedModel. */
public sealed interface ScheduleResult {

    /** One sentence for users. */
    String message();

    /** The ManagedModel is scheduled to this node. */
    record Bound(String nodeName, String message) implements ScheduleResult {}

    /** No node fits at present. */
    record Unbound(String message) implements ScheduleResult {}
}
