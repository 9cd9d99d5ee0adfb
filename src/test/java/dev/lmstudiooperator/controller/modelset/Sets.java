package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.controller.modelset.Replica.Home;
import dev.lmstudiooperator.controller.modelset.SetInput.Before;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds inputs of the planner. */
final class Sets {

    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    static final String HASH = "current";

    private Sets() {}

    static Goal goal(int replicas) {
        return goal(replicas, false, true, new IntOrString(1), new IntOrString(0), Duration.ZERO);
    }

    static Goal everyNode() {
        return goal(1, true, true, new IntOrString(1), new IntOrString(0), Duration.ZERO);
    }

    static Goal with(Goal goal, String maxUnavailable, String maxSurge) {
        return goal(goal.replicas(), goal.isEveryNode(), true, amount(maxUnavailable), amount(maxSurge), Duration.ZERO);
    }

    static Goal onDelete(Goal goal) {
        return goal(goal.replicas(), goal.isEveryNode(), false, goal.maxUnavailable(), goal.maxSurge(), Duration.ZERO);
    }

    static Goal minReady(Goal goal, Duration minReady) {
        return goal(goal.replicas(), goal.isEveryNode(), true, goal.maxUnavailable(), goal.maxSurge(), minReady);
    }

    private static Goal goal(
            int replicas,
            boolean isEveryNode,
            boolean isRolledOut,
            IntOrString maxUnavailable,
            IntOrString maxSurge,
            Duration minReady) {
        return new Goal(
                "chat",
                "uid-1",
                replicas,
                isEveryNode,
                isRolledOut,
                maxUnavailable,
                maxSurge,
                minReady,
                Duration.ofMinutes(5),
                Duration.ofMinutes(10));
    }

    private static IntOrString amount(String text) {
        return text.endsWith("%") ? new IntOrString(text) : new IntOrString(Integer.valueOf(text));
    }

    static SetInput input(Goal goal, Replica... replicas) {
        return new SetInput(goal, 2, HASH, List.of(replicas), Set.of(), Map.of(), new Before(2, HASH, null, 0, 0), NOW);
    }

    static SetInput input(Goal goal, List<Place> places, Replica... replicas) {
        Map<String, Place> byName = places.stream().collect(Collectors.toMap(Place::nodeName, Function.identity()));
        return new SetInput(goal, 2, HASH, List.of(replicas), Set.of(), byName, new Before(2, HASH, null, 0, 0), NOW);
    }

    static SetInput after(SetInput input, Before before) {
        return new SetInput(
                input.goal(),
                input.generation(),
                input.templateHash(),
                input.replicas(),
                input.takenNames(),
                input.places(),
                before,
                input.now());
    }

    /** Open and matching nodes. */
    static List<Place> nodes(String... names) {
        return Arrays.stream(names).map(name -> new Place(name, true, true)).toList();
    }

    /** A replica on a live node that has the current template and is up. */
    static Replica up(String name) {
        return new Replica(
                name,
                NOW.minusSeconds(3600),
                "on-" + name,
                Home.ALIVE,
                null,
                false,
                true,
                true,
                true,
                true,
                ago(600),
                "");
    }

    /** A replica on a live node that has an older template and is up. */
    static Replica old(String name) {
        return outdated(up(name));
    }

    static Replica[] old(String... names) {
        return Stream.of(names).map(Sets::old).toArray(Replica[]::new);
    }

    static Replica outdated(Replica replica) {
        return copy(
                replica,
                replica.home(),
                replica.lostSince(),
                replica.isTerminating(),
                false,
                true,
                replica.isReady(),
                replica.availableSince());
    }

    static Replica down(Replica replica) {
        return copy(
                replica,
                replica.home(),
                replica.lostSince(),
                replica.isTerminating(),
                replica.isUpdated(),
                replica.isPatchable(),
                false,
                null);
    }

    /** An updated replica whose Available condition still describes the old model. */
    static Replica reloading(Replica replica) {
        return copy(
                replica,
                replica.home(),
                replica.lostSince(),
                replica.isTerminating(),
                true,
                true,
                false,
                replica.availableSince());
    }

    static Replica unpatchable(Replica replica) {
        return copy(
                replica,
                replica.home(),
                replica.lostSince(),
                replica.isTerminating(),
                replica.isUpdated(),
                false,
                replica.isReady(),
                replica.availableSince());
    }

    static Replica lost(Replica replica, long seconds) {
        return copy(
                replica,
                Home.LOST,
                ago(seconds),
                replica.isTerminating(),
                replica.isUpdated(),
                replica.isPatchable(),
                false,
                null);
    }

    static Replica gone(Replica replica) {
        return copy(
                replica,
                Home.GONE,
                null,
                replica.isTerminating(),
                replica.isUpdated(),
                replica.isPatchable(),
                false,
                null);
    }

    static Replica terminating(Replica replica) {
        return copy(
                replica,
                replica.home(),
                replica.lostSince(),
                true,
                replica.isUpdated(),
                replica.isPatchable(),
                replica.isReady(),
                replica.availableSince());
    }

    static Replica availableFor(Replica replica, long seconds) {
        return copy(
                replica,
                replica.home(),
                replica.lostSince(),
                replica.isTerminating(),
                replica.isUpdated(),
                replica.isPatchable(),
                replica.isReady(),
                ago(seconds));
    }

    /** A replica for which the scheduler finds no node. */
    static Replica unscheduled(String name) {
        return new Replica(
                name,
                NOW.minusSeconds(10),
                null,
                Home.NONE,
                null,
                false,
                true,
                true,
                false,
                false,
                null,
                "0/2 nodes are available: 2 are unschedulable");
    }

    static Replica on(Replica replica, String nodeName) {
        return new Replica(
                replica.name(),
                replica.createdAt(),
                nodeName,
                replica.home(),
                replica.lostSince(),
                replica.isTerminating(),
                replica.isUpdated(),
                replica.isPatchable(),
                replica.isReady(),
                replica.isSettled(),
                replica.availableSince(),
                replica.detail());
    }

    static Replica createdAt(Replica replica, Instant time) {
        return new Replica(
                replica.name(),
                time,
                replica.nodeName(),
                replica.home(),
                replica.lostSince(),
                replica.isTerminating(),
                replica.isUpdated(),
                replica.isPatchable(),
                replica.isReady(),
                replica.isSettled(),
                replica.availableSince(),
                replica.detail());
    }

    static Instant ago(long seconds) {
        return NOW.minusSeconds(seconds);
    }

    private static Replica copy(
            Replica replica,
            Home home,
            @Nullable Instant lostSince,
            boolean isTerminating,
            boolean isUpdated,
            boolean isPatchable,
            boolean isReady,
            @Nullable Instant availableSince) {
        return new Replica(
                replica.name(),
                replica.createdAt(),
                replica.nodeName(),
                home,
                lostSince,
                isTerminating,
                isUpdated,
                isPatchable,
                isReady,
                isReady,
                availableSince,
                isReady ? "" : "ModelNotFound: no such model");
    }
}
