package dev.lmstudiooperator.lmstudio;

/** The operations of {@code lms} that the operator uses. */
public enum Operation {
    LIST_DOWNLOADED("lms ls", false),
    LIST_LOADED("lms ps", false),
    SERVER_STATUS("lms server status", false),
    VERSION("lms version", false),
    START_SERVER("lms server start", true),
    LOAD("lms load", true),
    UNLOAD("lms unload", true),
    DOWNLOAD("lms get", true);

    private final String spoken;
    private final boolean changes;

    Operation(String spoken, boolean changes) {
        this.spoken = spoken;
        this.changes = changes;
    }

    /** Returns the command as a user would type it. */
    public String spoken() {
        return spoken;
    }

    public boolean changes() {
        return changes;
    }
}
