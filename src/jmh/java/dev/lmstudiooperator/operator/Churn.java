package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.simulator.SimulatedInstance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Generates random changes: users create, change and delete ManagedModels, and LM Studio evicts models and restarts.
 * The same seed generates the same changes. The system can come to rest at any time, in a state that is comparable with
 * every other rest.
 */
final class Churn {

    /** The number of ManagedModels at rest. Between rests there are a few more or fewer. */
    private static final int AT_REST = 10;

    private static final int SWING = 3;

    /**
     * Half of the names are reused. The others are new, because only new names reveal a leak of data that is kept by
     * name.
     */
    private static final int RETURNING = 20;

    /** LM Studio is stopped once in this number of actions, and started again once in {@code STARTS} actions. */
    private static final int STOPS = 200;

    private static final int STARTS = 20;

    private final Testbed testbed;
    private final Random random;
    private final Map<String, Wanted> wanted = new TreeMap<>();
    private int actions;
    private int created;
    private int outages;
    private boolean isAway;

    Churn(Testbed testbed, Random random) {
        this.testbed = testbed;
        this.random = random;
    }

    int actions() {
        return actions;
    }

    int created() {
        return created;
    }

    int outages() {
        return outages;
    }

    /** Performs one action without waiting for its effect. */
    void act() {
        actions++;
        if (isAway && random.nextInt(STARTS) == 0) {
            bringBack();
        } else if (!isAway && random.nextInt(STOPS) == 0) {
            takeAway();
        } else {
            switch (random.nextInt(5)) {
                case 0, 1 -> createOrDelete();
                case 2 -> testbed.lmStudio().evict(anybody());
                default -> change(anybody());
            }
        }
    }

    /**
     * Brings the system to rest: no ManagedModel is suspended, LM Studio runs and has exactly the instances of the
     * specs, and the operator reports each as ready.
     */
    void rest() {
        if (isAway) {
            bringBack();
        }
        while (wanted.size() > AT_REST) {
            delete();
        }
        while (wanted.size() < AT_REST) {
            create();
        }
        wanted.keySet().forEach(name -> apply(name, wanted(name).awake()));
        Set<String> asked = wanted.entrySet().stream()
                .map(model -> model.getValue().instance(model.getKey()))
                .collect(Collectors.toCollection(TreeSet::new));
        eventually(
                "LM Studio has the instances of the latest specs",
                Testbed.PATIENCE,
                () -> testbed.lmStudio().instances().stream()
                        .map(SimulatedInstance::summary)
                        .sorted()
                        .toList(),
                held -> held.equals(List.copyOf(asked)));
        testbed.awaitAllReady();
    }

    /** The more ManagedModels exist, the more likely a deletion is. */
    private void createOrDelete() {
        if (random.nextInt(2 * SWING) < AT_REST + SWING - wanted.size()) {
            create();
        } else {
            delete();
        }
    }

    private void create() {
        created++;
        apply(freeName(), Wanted.any(random));
    }

    /** A name is in use until its deletion is complete. */
    private String freeName() {
        Set<String> taken = testbed.models().all().stream()
                .map(model -> model.getMetadata().getName())
                .collect(Collectors.toSet());
        String name;
        do {
            name = random.nextBoolean() ? "returning-" + random.nextInt(RETURNING) : "once-" + created;
        } while (taken.contains(name));
        return name;
    }

    private void delete() {
        String name = anybody();
        wanted.remove(name);
        testbed.models().resource(name).delete();
    }

    private void change(String name) {
        apply(name, wanted(name).changed(random));
    }

    private void apply(String name, Wanted spec) {
        wanted.put(name, spec);
        testbed.models().apply(name, spec.yaml());
    }

    private String anybody() {
        return wanted.keySet().stream()
                .skip(random.nextInt(wanted.size()))
                .findFirst()
                .orElseThrow();
    }

    private Wanted wanted(String name) {
        return Optional.ofNullable(wanted.get(name)).orElseThrow();
    }

    private void takeAway() {
        testbed.lmStudio().stopDaemon();
        isAway = true;
        outages++;
    }

    private void bringBack() {
        testbed.lmStudio().startDaemon();
        testbed.lmStudio().startServer();
        isAway = false;
    }

    /** The desired state of a ManagedModel. */
    private record Wanted(String model, int ttlSeconds, int contextLength, String mode, boolean isSuspended) {

        private static final List<String> MODELS = List.of("llama-3.2-1b-instruct", "qwen3-4b");
        private static final List<String> PROOFS = List.of("Served", "Inference");

        static Wanted any(Random random) {
            return new Wanted(
                    oneOf(MODELS, random), anyTtl(random), anyContextLength(random), oneOf(PROOFS, random), false);
        }

        /** Returns a spec that differs in at least one field. */
        Wanted changed(Random random) {
            Wanted next;
            do {
                next = varied(random);
            } while (next.equals(this));
            return next;
        }

        private Wanted varied(Random random) {
            return switch (random.nextInt(5)) {
                case 0 -> new Wanted(oneOf(MODELS, random), ttlSeconds, contextLength, mode, isSuspended);
                case 1 -> new Wanted(model, anyTtl(random), contextLength, mode, isSuspended);
                case 2 -> new Wanted(model, ttlSeconds, anyContextLength(random), mode, isSuspended);
                case 3 -> new Wanted(model, ttlSeconds, contextLength, oneOf(PROOFS, random), isSuspended);
                default -> new Wanted(model, ttlSeconds, contextLength, mode, !isSuspended);
            };
        }

        Wanted awake() {
            return new Wanted(model, ttlSeconds, contextLength, mode, false);
        }

        /** Unloads on deletion, even an instance that the agent adopted. */
        String yaml() {
            return "model: %s, ttlSeconds: %d, load: {contextLength: %d}, suspend: %s, deletionPolicy: Unload"
                            .formatted(model, ttlSeconds, contextLength, isSuspended)
                    + ", verification: {settleSeconds: 0, mode: %s}".formatted(mode);
        }

        /** Returns the summary of the instance in LM Studio. */
        String instance(String name) {
            return "%s %s ttl=%d context=%d".formatted(name, model, ttlSeconds, contextLength);
        }

        private static int anyTtl(Random random) {
            return 30 + random.nextInt(570);
        }

        private static int anyContextLength(Random random) {
            return 1024 * (1 + random.nextInt(16));
        }

        private static String oneOf(List<String> all, Random random) {
            return all.get(random.nextInt(all.size()));
        }
    }
}
