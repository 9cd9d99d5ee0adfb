package dev.lmstudiooperator.agent.operation;

/** The namespace and name of the ManagedModel that an operation belongs to. */
public record NamespacedName(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
