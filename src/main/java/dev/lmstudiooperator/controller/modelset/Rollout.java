package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.controller.modelset.Plan.Delete;
import dev.lmstudiooperator.controller.modelset.Replica.Home;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides which outdated replicas get the current template now. Two limits hold at all times:
 *
 * <ul>
 *   <li>A replica that is up is updated only while at least {@code replicas - maxUnavailable} stay up.
 *   <li>No more than {@code maxUnavailable} updated replicas, apart from the surge, are not up yet. A bad template therefore
 *       takes down no more than that, whatever else fails meanwhile.
 * </ul>
 *
 * @param updates names of replicas that take the template in place
 * @param replacements replicas that cannot; the set creates another one for each
 */
record Rollout(List<String> updates, List<Delete> replacements) {

    static final Rollout NONE = new Rollout(List.of(), List.of());

    static Rollout decide(SetInput input, Scaling scaling) {
        // A replica that leaves would change both limits. The rollout continues when it has left.
        if (!input.goal().isRolledOut() || !scaling.deletes().isEmpty()) {
            return NONE;
        }
        Goal goal = input.goal();
        List<Replica> counted = scaling.counted();
        int desired = scaling.desired();
        int lost = goal.isEveryNode() ? count(counted, Home.LOST) : 0;
        int leastUp = desired - lost - goal.unavailableOf(desired);
        int up = (int) counted.stream().filter(input::isUp).count();
        int inProgress = inProgress(input, counted) + Math.max(0, desired - counted.size());
        int most = Math.max(1, goal.unavailableOf(desired)) + Math.max(0, counted.size() - desired);
        List<String> updates = new ArrayList<>();
        List<Delete> replacements = new ArrayList<>();
        for (Replica replica : outdated(input, counted)) {
            int upWithoutIt = input.isUp(replica) ? up - 1 : up;
            if (inProgress >= most || (replica.isServing() && upWithoutIt < leastUp)) {
                break;
            }
            inProgress++;
            up = upWithoutIt;
            if (replica.isPatchable()) {
                updates.add(replica.name());
            } else {
                replacements.add(new Delete(replica.name(), "it cannot take the current template in place"));
            }
        }
        return new Rollout(updates, replacements);
    }

    /**
     * Replicas that are not up come first. The node of a lost one may come back while another replica fails, so that the
     * template would take down too many; it is updated after it is back.
     */
    private static List<Replica> outdated(SetInput input, List<Replica> counted) {
        return counted.stream()
                .filter(replica -> !replica.isUpdated() && replica.home() != Home.LOST)
                .sorted(Comparator.comparing(input::isUp)
                        .thenComparing(Replica::isServing)
                        .thenComparing(replica -> replica.home() == Home.ALIVE)
                        .thenComparing(Replica::createdAt)
                        .thenComparing(Replica::name))
                .toList();
    }

    private static int inProgress(SetInput input, List<Replica> counted) {
        return (int) counted.stream()
                .filter(replica -> replica.isUpdated() && replica.home() != Home.LOST && !input.isUp(replica))
                .count();
    }

    private static int count(List<Replica> replicas, Home home) {
        return (int) replicas.stream().filter(replica -> replica.home() == home).count();
    }
}
