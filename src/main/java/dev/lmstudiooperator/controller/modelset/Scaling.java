package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.controller.modelset.Plan.Create;
import dev.lmstudiooperator.controller.modelset.Plan.Delete;
import dev.lmstudiooperator.controller.modelset.Replica.Home;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many replicas there should be, and which ones come and go for that.
 *
 * @param desired the number of replicas that the set should have
 * @param counted the replicas that count towards that number; a replica that has been replaced does not
 */
record Scaling(int desired, List<Replica> counted, List<Create> creates, List<Delete> deletes) {

    static Scaling decide(SetInput input) {
        return input.goal().isEveryNode() ? onEveryNode(input) : toReplicas(input);
    }

    private static Scaling toReplicas(SetInput input) {
        Goal goal = input.goal();
        List<Replica> counted = input.active().stream()
                .filter(replica -> !replica.isReplaced(goal.replaceAfter(), input.now()))
                .toList();
        int target = goal.replicas() + surge(goal, counted);
        List<Delete> deletes = counted.stream()
                .sorted(Replica.removalOrder(goal.minReady(), input.now()))
                .limit(Math.max(0, counted.size() - target))
                .map(replica -> new Delete(replica.name(), "the set has more replicas than it should"))
                .toList();
        Set<String> taken = new HashSet<>(input.takenNames());
        input.replicas().forEach(replica -> taken.add(replica.name()));
        List<Create> creates = new ArrayList<>();
        for (int index = 0; counted.size() + creates.size() < target; index++) {
            String name = Names.ofReplica(goal.setName(), goal.setUid(), index);
            if (taken.add(name)) {
                creates.add(new Create(name, null));
            }
        }
        return new Scaling(goal.replicas(), counted, creates, deletes);
    }

    /** More replicas during a rollout, but no more than there are replicas to update. */
    private static int surge(Goal goal, List<Replica> counted) {
        long outdated = counted.stream().filter(replica -> !replica.isUpdated()).count();
        return goal.isRolledOut() ? (int) Math.min(goal.surgeOf(goal.replicas()), outdated) : 0;
    }

    private static Scaling onEveryNode(SetInput input) {
        Comparator<Replica> best =
                Replica.removalOrder(input.goal().minReady(), input.now()).reversed();
        Map<String, Replica> kept = new HashMap<>();
        List<Delete> deletes = new ArrayList<>();
        for (Replica replica : input.active().stream().sorted(best).toList()) {
            String why = whyNotOnItsNode(replica, input.places());
            if (why == null && kept.putIfAbsent(String.valueOf(replica.nodeName()), replica) != null) {
                why = "its node has another replica";
            }
            if (why != null) {
                deletes.add(new Delete(replica.name(), why));
            }
        }
        Set<String> used = new HashSet<>(kept.keySet());
        int desired = kept.size();
        Set<String> leaving = new HashSet<>();
        input.replicas().stream()
                .filter(Replica::isTerminating)
                .forEach(replica -> leaving.add(String.valueOf(replica.nodeName())));
        List<Create> creates = new ArrayList<>();
        for (Place place : input.places().values().stream()
                .sorted(Comparator.comparing(Place::nodeName))
                .toList()) {
            String node = place.nodeName();
            if (place.isMatching() && place.isOpen() && used.add(node)) {
                desired++;
                String name = Names.ofReplica(input.goal().setName(), node);
                boolean isNameFree = input.replicas().stream()
                        .noneMatch(replica -> replica.name().equals(name));
                if (!leaving.contains(node) && isNameFree) {
                    creates.add(new Create(name, node));
                }
            }
        }
        return new Scaling(desired, List.copyOf(kept.values()), creates, deletes);
    }

    /** A node that is missing from the cache may come back; its ManagedModel stays until the node is known to be gone. */
    private static @Nullable String whyNotOnItsNode(Replica replica, Map<String, Place> places) {
        if (replica.nodeName() == null) {
            return "it has no node";
        }
        if (replica.home() == Home.GONE) {
            return "its node no longer exists";
        }
        Place place = places.get(replica.nodeName());
        return place == null || place.isMatching() ? null : "its node no longer matches the set";
    }
}
