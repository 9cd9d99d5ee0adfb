package dev.lmstudiooperator.api.v1alpha1;

/** The conditions of a ManagedModel. They follow kstatus, so that kubectl, Flux and Argo CD understand them. */
public enum ConditionType {
    /** A node was chosen. Written by the controller. */
    SCHEDULED("Scheduled"),
    /** The spec is fulfilled. */
    READY("Ready"),
    /** Clients can use the model now: it is loaded and verified. */
    AVAILABLE("Available"),
    /** The operator is working on it, retries included; present only while true. */
    RECONCILING("Reconciling"),
    /** It requires manual intervention; present only while true. */
    STALLED("Stalled");

    private final String text;

    ConditionType(String text) {
        this.text = text;
    }

    /** The type as it stands in a condition. */
    public String text() {
        return text;
    }
}
