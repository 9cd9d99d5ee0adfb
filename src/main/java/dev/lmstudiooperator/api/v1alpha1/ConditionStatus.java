package dev.lmstudiooperator.api.v1alpha1;

/** The status of a condition. */
public enum ConditionStatus {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String text;

    ConditionStatus(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
