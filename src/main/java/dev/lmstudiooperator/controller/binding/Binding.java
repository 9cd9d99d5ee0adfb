package dev.lmstudiooperator.controller.binding;

/** Where a ManagedModel goes. */
public sealed interface Binding {

    /** One sentence for a person. */
    String message();

    /** To this node. */
    record Bound(String nodeName, String message) implements Binding {}

    /** Nowhere, for now. */
    record Unbound(String message) implements Binding {}
}
