package dev.lmstudiooperator.agent.status;

import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.api.v1alpha1.InstanceStatus;
import dev.lmstudiooperator.lmstudio.ForeignText;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a status says of the loaded instance. */
final class InstanceDescription {

    private InstanceDescription() {}

    static Optional<InstanceStatus> of(Progression pass) {
        Situation s = pass.situation();
        InstanceStatus before = pass.before().instance();
        if (s.surroundings().olderClaimant() != null) {
            // It is the instance of the older ManagedModel.
            return Optional.empty();
        }
        if (!s.isLookedAt()
                || s.history().running() instanceof Mutation.Load
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
                        instance.variant() == null ? null : ForeignText.clean(instance.variant()),
                        instance.quantization() == null ? null : ForeignText.clean(instance.quantization()),
                        instance.parallel(),
                        instance.ttl() == null ? null : instance.ttl().toSeconds(),
                        loadedTime(pass, loadedAt),
                        s.desired().isTemporary() ? expiresTime(s, instance, loadedAt, before) : null,
                        loadedAt == null));
    }

    /** As it was told, however the wall clock was set since, unless it is a time that is still to come. */
    private static @Nullable String loadedTime(Progression pass, @Nullable Instant loadedAt) {
        if (loadedAt == null) {
            return null;
        }
        Situation s = pass.situation();
        return Optional.ofNullable(pass.before().instance())
                .map(InstanceStatus::loadedTime)
                .filter(told -> !pass.hasLoaded() && !Instant.parse(told).isAfter(s.wall(s.now())))
                .orElseGet(() -> Times.precise(s.wall(loadedAt)));
    }

    /** Each request moves it, and each write costs the API server something: half a TTL is what people can tell apart. */
    private static @Nullable String expiresTime(
            Situation s, Instance instance, @Nullable Instant loadedAt, @Nullable InstanceStatus before) {
        Duration ttl = instance.ttl();
        if (ttl == null) {
            return null;
        }
        Instant busyAt = instance.isBusy() ? s.observation().loaded().at() : null;
        Optional<Instant> expiresAt = Stream.of(instance.lastUsedAt(), loadedAt, busyAt)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .map(idleSince -> s.wall(idleSince.plus(ttl)));
        Optional<Instant> told = Optional.ofNullable(before)
                .map(InstanceStatus::expiresTime)
                .map(Instant::parse)
                .filter(time -> expiresAt
                        .filter(now -> Duration.between(time, now).abs().compareTo(ttl.dividedBy(2)) <= 0)
                        .isPresent());
        return told.or(() -> expiresAt).map(Times::text).orElse(null);
    }
}
