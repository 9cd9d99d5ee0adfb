package dev.lmstudiooperator.controller.scheduling;

/** Where a ManagedModel goes. */
public sealed interface ScheduleResult {

    /** One sentence for a person. */
    String message();

    /** To this node. */
    record Bound(String nodeName, String message) implements ScheduleResult {}

    /** Nowhere, for now. */
    record Unbound(String message) implements ScheduleResult {}
}
