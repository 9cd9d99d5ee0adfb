package dev.lmstudiooperator.controller.modelset;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to do for a set, and its status.
 *
 * @param creates ManagedModels to create
 * @param updates names of ManagedModels that get the current template
 * @param deletes ManagedModels to delete
 * @param reviewAt when the plan changes by itself; null if only an event changes it
 */
record Plan(
        List<Create> creates,
        List<String> updates,
        List<Delete> deletes,
        SetSummary summary,
        @Nullable Instant reviewAt) {

    /** @param nodeName the node to which it is pinned; null for any node */
    record Create(String name, @Nullable String nodeName) {}

    /** @param why the cause for users */
    record Delete(String name, String why) {}

    boolean isAtRest() {
        return creates.isEmpty() && updates.isEmpty() && deletes.isEmpty();
    }
}
