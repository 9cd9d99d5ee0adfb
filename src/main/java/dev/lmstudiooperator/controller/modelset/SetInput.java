package dev.lmstudiooperator.controller.modelset;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the planner needs to know about a set.
 *
 * @param generation the generation of the spec
 * @param templateHash the hash of the current template
 * @param replicas the ManagedModels of the set, in any order
 * @param takenNames names of ManagedModels in the namespace that begin with the name of the set
 * @param places the nodes by name; only for a set with {@code everyNode}
 * @param before what the last status says
 */
record SetInput(
        Goal goal,
        long generation,
        String templateHash,
        List<Replica> replicas,
        Set<String> takenNames,
        Map<String, Place> places,
        Before before,
        Instant now) {

    /**
     * The part of the last status on which the next one depends.
     *
     * @param progressTime the last progress of the rollout; null if none is in progress
     */
    record Before(
            long observedGeneration,
            @Nullable String templateHash,
            @Nullable Instant progressTime,
            int updatedReplicas,
            int updatedReadyReplicas) {

        static final Before NONE = new Before(-1, null, null, 0, 0);
    }

    List<Replica> active() {
        return replicas.stream().filter(replica -> !replica.isTerminating()).toList();
    }

    boolean isUp(Replica replica) {
        return replica.isUp(goal.minReady(), now);
    }
}
