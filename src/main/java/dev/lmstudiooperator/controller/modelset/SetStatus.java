package dev.lmstudiooperator.controller.modelset;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.controller.modelset.SetInput.Before;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads and builds the status of a set. Only the controller writes it, and each write carries all of it. */
final class SetStatus {

    private final ManagedModelSet set;
    private final ManagedModelSetStatus before;
    private final StatusConditions.Setter writer;
    private final SteadyClock clock;
    private final @Nullable Instant progressBefore;

    SetStatus(ManagedModelSet set, SteadyClock clock) {
        this.set = set;
        this.before = requireNonNullElse(set.getStatus(), ManagedModelSetStatus.UNOBSERVED);
        this.writer = new StatusConditions.Setter(
                before.conditions(), set.getMetadata().getGeneration(), clock.wall());
        this.clock = clock;
        this.progressBefore = before.progressTime() == null
                ? null
                : clock.latest(Instant.parse(before.progressTime())).orElse(clock.start());
    }

    Before before() {
        return new Before(
                requireNonNullElse(before.observedGeneration(), -1L),
                before.templateHash(),
                progressBefore,
                requireNonNullElse(before.updatedReplicas(), 0),
                requireNonNullElse(before.updatedReadyReplicas(), 0));
    }

    /** The time of an earlier progress stays as it was written. */
    private @Nullable String progressTime(@Nullable Instant progress) {
        if (progress == null) {
            return null;
        }
        return progress.equals(progressBefore)
                ? before.progressTime()
                : clock.wall(progress).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    boolean isReported(ManagedModelSetStatus status) {
        return before.equals(status);
    }

    /** Whether the current condition Ready has this reason. */
    boolean isFor(String reason) {
        return StatusConditions.find(before.conditions(), ConditionType.READY)
                .filter(ready -> Objects.equals(ready.getReason(), reason))
                .isPresent();
    }

    ManagedModelSetStatus of(SetSummary summary, String templateHash) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(writer.condition(
                ConditionType.READY,
                summary.isReady() ? ConditionStatus.TRUE : ConditionStatus.FALSE,
                summary.reason(),
                summary.message()));
        conditions.add(available(summary));
        if (summary.isStalled()) {
            conditions.add(
                    writer.condition(ConditionType.STALLED, ConditionStatus.TRUE, summary.reason(), summary.message()));
        } else if (!summary.isReady()) {
            conditions.add(writer.condition(
                    ConditionType.RECONCILING, ConditionStatus.TRUE, summary.reason(), summary.message()));
        }
        return new ManagedModelSetStatus(
                set.getMetadata().getGeneration(),
                summary.desired(),
                summary.replicas(),
                summary.updated(),
                summary.updatedReady(),
                summary.ready(),
                summary.available(),
                ManagedModelSet.SET_LABEL + "=" + set.getMetadata().getName(),
                templateHash,
                progressTime(summary.progressTime()),
                conditions);
    }

    /** The status of a set whose spec this release cannot read. The last counts stay, because nothing changes them. */
    ManagedModelSetStatus invalid(String message) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(writer.condition(ConditionType.READY, ConditionStatus.FALSE, Reason.INVALID_SPEC, message));
        StatusConditions.find(before.conditions(), ConditionType.AVAILABLE).ifPresent(conditions::add);
        conditions.add(writer.condition(ConditionType.STALLED, ConditionStatus.TRUE, Reason.INVALID_SPEC, message));
        return new ManagedModelSetStatus(
                set.getMetadata().getGeneration(),
                before.desiredReplicas(),
                before.replicas(),
                before.updatedReplicas(),
                before.updatedReadyReplicas(),
                before.readyReplicas(),
                before.availableReplicas(),
                before.selector(),
                before.templateHash(),
                before.progressTime(),
                conditions);
    }

    private Condition available(SetSummary summary) {
        String message = "%d of %d replicas are Available".formatted(summary.available(), summary.desired());
        return summary.available() > 0
                ? writer.condition(ConditionType.AVAILABLE, ConditionStatus.TRUE, Reason.REPLICAS_AVAILABLE, message)
                : writer.condition(
                        ConditionType.AVAILABLE, ConditionStatus.FALSE, Reason.NO_REPLICA_AVAILABLE, message);
    }
}
