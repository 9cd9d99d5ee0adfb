package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Creates the status of the loaded instance. */
final class InstanceStatusFactory {

    private InstanceStatusFactory() {}

    static Optional<InstanceStatus> of(ManagedModelSyncer.Result result) {
        PlanInput s = result.input();
        InstanceStatus before = result.before().instance();
        if (s.nodeContext().olderOwner() != null) {
            // The instance belongs to the older ManagedModel.
            return Optional.empty();
        }
        if (!s.isObserved()
                || s.history().running() instanceof ModelOperation.Load
                || s.history().isLoadInterrupted()) {
            return Optional.ofNullable(before);
        }
        History.Recorded recorded = s.history().recorded();
        Instant loadedAt = recorded == null ? null : recorded.loadedAt();
        return s.instance()
                .map(instance -> new InstanceStatus(
                        instance.identifier(),
                        instance.modelKey(),
                        instance.sizeBytes(),
                        instance.contextLength(),
                        instance.variant() == null ? null : TextSanitizer.clean(instance.variant()),
                        instance.quantization() == null ? null : TextSanitizer.clean(instance.quantization()),
                        instance.parallel(),
                        instance.ttl() == null ? null : instance.ttl().toSeconds(),
                        loadedTime(result, loadedAt),
                        s.desired().isTemporary() ? expiresTime(s, instance, loadedAt, before) : null,
                        loadedAt == null));
    }

    /** Keeps the recorded time even if the wall clock was set since, unless that time is in the future. */
    private static @Nullable String loadedTime(ManagedModelSyncer.Result result, @Nullable Instant loadedAt) {
        if (loadedAt == null) {
            return null;
        }
        PlanInput s = result.input();
        return Optional.ofNullable(result.before().instance())
                .map(InstanceStatus::loadedTime)
                .filter(previous ->
                        !result.hasLoaded() && !Instant.parse(previous).isAfter(s.wall(s.now())))
                .orElseGet(() -> StatusFactory.precise(s.wall(loadedAt)));
    }

    /**
     * Each request moves this time, and each write costs the API server. The recorded time therefore changes only if it
     * is off by more than half a TTL, which is precise enough for users.
     */
    private static @Nullable String expiresTime(
            PlanInput s, Instance instance, @Nullable Instant loadedAt, @Nullable InstanceStatus before) {
        Duration ttl = instance.ttl();
        if (ttl == null) {
            return null;
        }
        Instant busyAt = instance.isBusy() ? s.observation().loaded().at() : null;
        Optional<Instant> expiresAt = Stream.of(instance.lastUsedAt(), loadedAt, busyAt)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .map(idleSince -> s.wall(idleSince.plus(ttl)));
        Optional<Instant> previous = Optional.ofNullable(before)
                .map(InstanceStatus::expiresTime)
                .map(Instant::parse)
                .filter(time -> expiresAt
                        .filter(now -> Duration.between(time, now).abs().compareTo(ttl.dividedBy(2)) <= 0)
                        .isPresent());
        return previous.or(() -> expiresAt)
                .map(time -> time.truncatedTo(ChronoUnit.SECONDS).toString())
                .orElse(null);
    }
}
