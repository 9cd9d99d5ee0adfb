package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.modelset.Replica.Home;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the status of a set says.
 *
 * @param reason the reason of the condition Ready, which is true only for {@link Reason#REPLICAS_READY}
 * @param message one sentence for users
 * @param progressTime the last progress of the rollout; null if none is in progress
 * @param failsAt when the rollout fails without progress; null if none is in progress
 */
record SetSummary(
        int desired,
        int replicas,
        int updated,
        int updatedReady,
        int ready,
        int available,
        Reason reason,
        String message,
        @Nullable Instant progressTime,
        @Nullable Instant failsAt) {

    /** With more names, a message would be too long to read. */
    private static final int MOST_NAMED = 3;

    static SetSummary of(SetInput input, Scaling scaling) {
        return new Writer(input, scaling).write();
    }

    boolean isStalled() {
        return reason == Reason.ROLLOUT_FAILED;
    }

    boolean isReady() {
        return reason == Reason.REPLICAS_READY;
    }

    /** The same counts with another reason. */
    SetSummary with(Reason other, String text) {
        return new SetSummary(
                desired, replicas, updated, updatedReady, ready, available, other, text, progressTime, failsAt);
    }

    private static final class Writer {

        private final SetInput input;
        private final Goal goal;
        private final int desired;
        private final List<Replica> counted;
        private final List<Replica> active;

        Writer(SetInput input, Scaling scaling) {
            this.input = input;
            this.goal = input.goal();
            this.desired = scaling.desired();
            this.counted = scaling.counted();
            this.active = input.active();
        }

        SetSummary write() {
            int updated = count(active, Replica::isUpdated);
            int updatedReady = count(active, replica -> replica.isUpdated() && input.isUp(replica));
            Instant progress = progressTime(updated, updatedReady);
            Instant failsAt = progress == null ? null : progress.plus(goal.progressDeadline());
            SetSummary summary = new SetSummary(
                    desired,
                    active.size(),
                    updated,
                    updatedReady,
                    count(active, Replica::isReady),
                    count(active, replica -> replica.isAvailable(goal.minReady(), input.now())),
                    Reason.REPLICAS_READY,
                    "",
                    progress,
                    failsAt);
            return explained(summary);
        }

        /** The rules in order; the first one that matches explains the status. */
        private SetSummary explained(SetSummary summary) {
            if (isComplete()) {
                return summary.with(Reason.REPLICAS_READY, completeMessage());
            }
            if (isFailed(summary.failsAt())) {
                return summary.with(
                        Reason.ROLLOUT_FAILED,
                        "No progress for %d s: %d of %d replicas have the current template and are Ready. Waiting for %s"
                                .formatted(
                                        goal.progressDeadline().toSeconds(),
                                        summary.updatedReady(),
                                        desired,
                                        details(this::isHoldingUp)));
            }
            if (counted.stream().anyMatch(Writer::isRefusedByScheduler)) {
                return summary.with(
                        Reason.NO_MATCHING_NODE,
                        "%d of %d replicas are scheduled. Waiting for %s"
                                .formatted(
                                        count(counted, replica -> replica.home() != Home.NONE),
                                        desired,
                                        details(Writer::isRefusedByScheduler)));
            }
            if (goal.isRolledOut() && counted.stream().anyMatch(replica -> !replica.isUpdated())) {
                return summary.with(
                        Reason.ROLLING_OUT,
                        "%d of %d replicas have the current template, and %d of these are Ready"
                                .formatted(summary.updated(), desired, summary.updatedReady()));
            }
            if (counted.size() != desired) {
                return summary.with(Reason.SCALING, "The set has %d of %d replicas".formatted(counted.size(), desired));
            }
            return summary.with(
                    Reason.REPLICAS_NOT_READY,
                    "%d of %d replicas are Ready. Waiting for %s"
                            .formatted(count(counted, input::isUp), desired, names()));
        }

        private boolean isComplete() {
            return counted.size() == desired
                    && counted.stream()
                            .allMatch(replica -> input.isUp(replica) && (replica.isUpdated() || !goal.isRolledOut()));
        }

        private String completeMessage() {
            int outdated = count(counted, replica -> !replica.isUpdated());
            String ready = desired == 1 ? "1 replica is Ready" : "%d replicas are Ready".formatted(desired);
            return outdated == 0
                    ? ready
                    : ready
                            + ". %d with an older template get the current one when you delete them"
                                    .formatted(outdated);
        }

        /** A rollout begins with a new template, and ends when all replicas have it and are up. */
        private @Nullable Instant progressTime(int updated, int updatedReady) {
            SetInput.Before before = input.before();
            boolean isNew = !input.templateHash().equals(before.templateHash());
            if (isComplete() || !goal.isRolledOut() || (!isNew && before.progressTime() == null)) {
                return null;
            }
            boolean hasProgressed = isNew
                    || before.observedGeneration() != input.generation()
                    || updated > before.updatedReplicas()
                    || updatedReady > before.updatedReadyReplicas();
            return hasProgressed ? input.now() : before.progressTime();
        }

        /** A replica that no node can take does not fail a rollout: the template may be good. */
        private boolean isFailed(@Nullable Instant failsAt) {
            return failsAt != null
                    && !input.now().isBefore(failsAt)
                    && counted.stream().anyMatch(this::isHoldingUp);
        }

        private boolean isHoldingUp(Replica replica) {
            return replica.isUpdated() && replica.home() == Home.ALIVE && !input.isUp(replica);
        }

        private static boolean isRefusedByScheduler(Replica replica) {
            return replica.home() == Home.NONE && !replica.detail().isEmpty();
        }

        /** The first replica that waits, and why. */
        private String details(Predicate<Replica> isMeant) {
            return counted.stream()
                    .filter(isMeant)
                    .min(Comparator.comparing(Replica::name))
                    .map(replica -> "%s%s: %s"
                            .formatted(
                                    replica.name(),
                                    replica.nodeName() == null ? "" : " on " + replica.nodeName(),
                                    replica.detail()))
                    .orElse("");
        }

        private String names() {
            List<String> waiting = counted.stream()
                    .filter(replica -> !input.isUp(replica))
                    .map(Replica::name)
                    .sorted()
                    .toList();
            String first = waiting.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
            return waiting.size() <= MOST_NAMED
                    ? first
                    : "%s and %d more".formatted(first, waiting.size() - MOST_NAMED);
        }

        private static int count(List<Replica> replicas, Predicate<Replica> isMeant) {
            return (int) replicas.stream().filter(isMeant).count();
        }
    }
}
