package dev.lmstudiooperator.agent.act;

/** The ManagedModel for which something is done. */
public record Owner(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
