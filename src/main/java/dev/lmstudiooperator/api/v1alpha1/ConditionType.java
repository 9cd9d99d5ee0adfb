package dev.lmstudiooperator.api.v1alpha1;

/** The conditions of ManagedModels and LMStudioNodes. They follow kstatus, so that kubectl, Flux and Argo CD understand them. */
public enum ConditionType {
    /** The ManagedModel is scheduled to a node. The controller writes this condition. */
    SCHEDULED("Scheduled"),
    /** The spec is fulfilled. */
    READY("Ready"),
    /** Clients can use the model: it is loaded and verified. */
    AVAILABLE("Available"),
    /** The operator is working towards the spec, including retries. Present only while true. */
    RECONCILING("Reconciling"),
    /** The ManagedModel requires manual intervention. Present only while true. */
    STALLED("Stalled"),
    /**
     * A Service sends requests to the instance of a ManagedModel. Present only while a Service selects the ManagedModel. The
     * controller writes this condition.
     */
    PUBLISHED("Published"),
    /**
     * The controller reaches the address of an LMStudioNode. Present only while a Service uses the node. The controller
     * writes this condition.
     */
    REACHABLE("Reachable");

    private final String text;

    ConditionType(String text) {
        this.text = text;
    }

    /** The value of {@code type} in a condition. */
    public String text() {
        return text;
    }
}
