package dev.lmstudiooperator.agent.operation;

/** The ManagedModel for which something is done. */
public record NamespacedName(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
