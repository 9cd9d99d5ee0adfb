package dev.lmstudiooperator.controlplane;

/** A namespace that no other test class uses. */
public record TestNamespace(String name) {

    @Override
    public String toString() {
        return name;
    }
}
