package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.controller.modelset.Replica.Home;
import dev.lmstudiooperator.controller.modelset.SetInput.Before;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A simulated cluster around the planner: a scheduler, agents that take one step at a time, nodes that get lost and return,
 * and a template that changes. A test drives it and looks at it after every step.
 */
final class SetWorld {

    /** A version of the template. A bad one never becomes Ready. */
    private record Version(int number, boolean isGood, int immutablePart) {}

    private static final class Model {
        private final String name;
        private final boolean isPinned;
        private final Instant createdAt;
        private @Nullable String node;
        private Version version;
        /** What the agent has loaded; null while it loads or reloads. */
        private @Nullable Version loaded;

        private @Nullable Instant availableSince;
        private boolean isTerminating;

        private Model(String name, @Nullable String pin, Version version, Instant createdAt) {
            this.name = name;
            this.isPinned = pin != null;
            this.node = pin;
            this.version = version;
            this.createdAt = createdAt;
        }
    }

    private final Map<String, Boolean> nodes = new TreeMap<>();
    private final Map<String, Instant> lostSince = new HashMap<>();
    private final List<Model> models = new ArrayList<>();
    private final Set<String> scheduled = new HashSet<>();
    private Goal goal;
    private Version version = new Version(1, true, 0);
    private Before before = Before.NONE;
    private Instant now = Sets.NOW;
    private long generation = 1;
    private int writes;

    SetWorld(Goal goal, int nodeCount) {
        this.goal = goal;
        for (int index = 0; index < nodeCount; index++) {
            nodes.put("n" + index, true);
        }
    }

    // What users and machines do

    void changeTemplate(boolean isGood, boolean isPatchable) {
        version = new Version(version.number() + 1, isGood, version.immutablePart() + (isPatchable ? 0 : 1));
        generation++;
    }

    void scale(int replicas) {
        goal = new Goal(
                goal.setName(),
                goal.setUid(),
                replicas,
                goal.isEveryNode(),
                goal.isRolledOut(),
                goal.maxUnavailable(),
                goal.maxSurge(),
                goal.minReady(),
                goal.replaceAfter(),
                goal.progressDeadline());
        generation++;
    }

    void loseNode(int index) {
        String name = "n" + index % nodes.size();
        nodes.put(name, false);
        lostSince.putIfAbsent(name, now);
    }

    void returnNodes() {
        nodes.replaceAll((name, alive) -> true);
        lostSince.clear();
    }

    void evict(int index) {
        if (!models.isEmpty()) {
            Model model = models.get(index % models.size());
            model.loaded = null;
            model.availableSince = null;
        }
    }

    void pass(long seconds) {
        now = now.plusSeconds(seconds);
    }

    // What the operator does

    /** The agents of live nodes and the scheduler take a step for the model of this index. */
    void step(int index) {
        if (models.isEmpty()) {
            return;
        }
        Model model = models.get(index % models.size());
        if (!scheduled.contains(model.name)) {
            schedule(model);
        } else if (isAlive(model)) {
            work(model);
        }
    }

    private void schedule(Model model) {
        Set<String> used = models.stream()
                .filter(other -> scheduled.contains(other.name))
                .map(other -> String.valueOf(other.node))
                .collect(Collectors.toSet());
        nodes.entrySet().stream()
                .filter(node -> node.getValue() && !used.contains(node.getKey()))
                .map(Map.Entry::getKey)
                .filter(node -> !model.isPinned || node.equals(model.node))
                .findFirst()
                .ifPresent(node -> {
                    model.node = node;
                    scheduled.add(model.name);
                });
        if (model.isTerminating && !scheduled.contains(model.name)) {
            models.remove(model);
        }
    }

    private void work(Model model) {
        if (model.isTerminating) {
            models.remove(model);
            scheduled.remove(model.name);
        } else if (model.loaded == null) {
            model.loaded = model.version;
            model.availableSince = model.version.isGood() ? now : null;
        } else if (!model.loaded.equals(model.version)) {
            model.loaded = null;
            model.availableSince = null;
        }
    }

    /** Plans, and executes the plan. */
    Plan reconcile() {
        Plan plan = Planner.plan(input());
        for (Plan.Delete delete : plan.deletes()) {
            find(delete.name()).isTerminating = true;
        }
        plan.updates().forEach(name -> find(name).version = version);
        for (Plan.Create create : plan.creates()) {
            models.add(new Model(create.name(), create.nodeName(), version, now));
        }
        writes += plan.deletes().size() + plan.updates().size() + plan.creates().size();
        SetSummary summary = plan.summary();
        before = new Before(
                generation,
                String.valueOf(version.number()),
                summary.progressTime(),
                summary.updated(),
                summary.updatedReady());
        return plan;
    }

    /** Everything works from now on: runs until nothing changes any more. */
    void settle() {
        returnNodes();
        for (int round = 0; round < 60 + 30 * (models.size() + goal.replicas()); round++) {
            boolean isAtRest = reconcile().isAtRest();
            int size = models.size();
            List.copyOf(models).forEach(model -> step(models.indexOf(model)));
            pass(1);
            if (isAtRest && size == models.size() && isSettled()) {
                return;
            }
        }
    }

    private boolean isSettled() {
        return models.stream()
                .allMatch(model -> !model.isTerminating
                        && scheduled.contains(model.name)
                        && model.version.equals(version)
                        && version.equals(model.loaded));
    }

    // What a test looks at

    SetInput input() {
        Map<String, Place> places = new HashMap<>();
        if (goal.isEveryNode()) {
            nodes.forEach((name, alive) -> places.put(name, new Place(name, true, alive)));
        }
        return new SetInput(
                goal,
                generation,
                String.valueOf(version.number()),
                models.stream().map(this::replica).toList(),
                Set.of(),
                places,
                before,
                now);
    }

    private Replica replica(Model model) {
        boolean isScheduled = scheduled.contains(model.name);
        boolean isLost = isScheduled && !isAlive(model);
        Home home = isScheduled ? isLost ? Home.LOST : Home.ALIVE : Home.NONE;
        return new Replica(
                model.name,
                model.createdAt,
                model.node,
                home,
                isLost ? lostSince.get(String.valueOf(model.node)) : null,
                model.isTerminating,
                model.version.equals(version),
                model.version.immutablePart() == version.immutablePart(),
                !isLost && model.version.isGood() && model.version.equals(model.loaded),
                !isLost && model.version.equals(model.loaded),
                isLost ? null : model.availableSince,
                "");
    }

    /** How many replicas clients can use. */
    int serving() {
        return (int) models.stream()
                .filter(model -> !model.isTerminating && model.availableSince != null && isAlive(model))
                .count();
    }

    List<String> nodesOfReplicas() {
        return models.stream()
                .filter(model -> !model.isTerminating)
                .map(model -> String.valueOf(model.node))
                .toList();
    }

    int writes() {
        return writes;
    }

    boolean isComplete() {
        return isSettled() && reconcile().summary().isReady();
    }

    private boolean isAlive(Model model) {
        return Boolean.TRUE.equals(nodes.get(String.valueOf(model.node)));
    }

    private Model find(String name) {
        return models.stream()
                .filter(model -> model.name.equals(name) && !model.isTerminating)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return input().toString();
    }
}
