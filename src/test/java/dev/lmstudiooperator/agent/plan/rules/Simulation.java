package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NAME;
import static dev.lmstudiooperator.agent.plan.PlanInputs.check;
import static dev.lmstudiooperator.agent.plan.PlanInputs.context;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Drift;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a minimal LM Studio and agent around the planner: loads succeed, TTLs expire, checks report the true state.
 */
final class Simulation {

    private static final int MANY = 60;
    private static final Duration MOMENT = Duration.ofMillis(300);

    private final boolean areSettingsHonored;
    private final List<String> story = new ArrayList<>();
    private PlanInputs s;
    private @Nullable Instance real;
    private Instant usedAt;
    private int loads;
    private int evictions;
    private boolean isReleased;

    Simulation(PlanInputs start, boolean areSettingsHonored) {
        this.areSettingsHonored = areSettingsHonored;
        this.s = start.leaseOverdue(false);
        this.real = start.input().instance().orElse(null);
        this.usedAt = start.input().now();
        story.add(start.toString());
    }

    int loads() {
        return loads;
    }

    int evictions() {
        return evictions;
    }

    void runUntilSettled() {
        for (int i = 0; i < MANY; i++) {
            Decision decision = s.decision();
            if (isReleased || isAtRest(decision)) {
                trace(decision);
                return;
            }
            action();
        }
        throw new AssertionError("Not settled after %d steps: %s".formatted(MANY, this));
    }

    void runFor(Duration time) {
        Instant end = now().plus(time);
        while (!isReleased && now().isBefore(end)) {
            action();
        }
    }

    void evict() {
        if (real != null) {
            evictions++;
            real = null;
            look();
        }
    }

    private static boolean isAtRest(Decision decision) {
        return decision.action() instanceof Action.Wait && decision.summary().progress() != Progress.RECONCILING;
    }

    private void action() {
        Decision decision = s.decision();
        trace(decision);
        if (decision.isRenewing()) {
            renew();
        }
        switch (decision.action()) {
            case Action.Wait rest -> rest(decision.revisitAt());
            case Action.Refresh look -> look();
            case Action.RefreshInventory look -> refreshInventory();
            case Action.Acknowledge acknowledge -> {}
            case Action.Withdraw withdraw -> {}
            case Action.AwaitWithdrawal await -> {
                proceed(Duration.ofSeconds(1));
                publication(false, false);
            }
            case Action.RecordIntent intent -> s = s.begun(s.input().desired().loadRevision());
            case Action.Execute mutate -> mutate(mutate.operation());
            case Action.Enqueue turn -> changed("slotHolder", null);
            case Action.Cancel cancel -> s = s.history("running", null);
            case Action.Download download -> download();
            case Action.CancelDownload cancel -> s = s.history("download", null);
            case Action.Check check -> verify();
            case Action.RemoveFinalizer release -> isReleased = true;
        }
    }

    /** Writes the status before each action, and at rest. The next plan reads it. */
    private void trace(Decision decision) {
        ConditionSummary summary = decision.summary();
        story.add(now() + " " + decision.action() + " " + summary.reason());
        if (decision.newFailure() != null) {
            s = s.history("failure", decision.newFailure());
        }
        s = s.observedGeneration(s.input().desired().generation());
        History.Publication before = s.input().history().publication();
        boolean isAvailable = summary.available() == ConditionStatus.TRUE;
        if (before.isSelected()) {
            publication(before.isPublished() || isAvailable, isAvailable);
        }
        boolean isWithdrawal =
                decision.action() instanceof Action.Withdraw || decision.action() instanceof Action.AwaitWithdrawal;
        if (isWithdrawal) {
            return;
        }
        if (summary.reason() == Reason.DRAINING && s.input().history().drainBeganAt() == null) {
            s = s.drainsSince(now());
        } else if (summary.progress() != Progress.RECONCILING) {
            s = s.history("drainBeganAt", null);
        }
        if (summary.ready() == ConditionStatus.TRUE) {
            s = s.history("failure", null);
        }
        if (summary.progress() != Progress.RECONCILING) {
            s = s.history("convergenceBeganAt", null);
        } else if (s.input().history().convergenceBeganAt() == null) {
            s = s.differsSince(now());
        }
    }

    private void publication(boolean isPublished, boolean isReportedAvailable) {
        s = s.publication(isPublished, isReportedAvailable, null);
    }

    /**
     * Advances to the earliest of: the revisit time, the end of the running operation, the end of the TTL, one hour.
     */
    private void rest(Optional<Instant> revisitAt) {
        ModelOperation running = s.input().history().running();
        if (running != null) {
            s = s.history("running", null);
            mutate(running);
        } else if (s.input().history().download() != null) {
            s = s.history("download", null);
            download();
        } else if (s.input().history().isLoadInterrupted()) {
            proceed(InFlightRules.PAUSE);
            s = s.history("isLoadInterrupted", false);
            changed("changedAt", now());
        } else if (s.input().nodeContext().interruptedLoadOf() != null) {
            proceed(InFlightRules.PAUSE);
            changed("interruptedLoadOf", null);
        } else if (s.input().history().isProbing()) {
            s = s.history("isProbing", false);
        } else if (s.input().observation().loaded() instanceof Reading.Unknown) {
            look();
        } else if (s.input().observation().downloaded() instanceof Reading.Unknown) {
            s = s.downloads(PlanInputs.onDisk(KEY, null));
        } else {
            Instant until = revisitAt.orElse(now().plus(Duration.ofHours(1)));
            Instant expiresAt =
                    real == null || real.ttl() == null || real.isBusy() ? Instant.MAX : usedAt.plus(real.ttl());
            if (expiresAt.isBefore(until)) {
                proceed(Duration.between(now(), expiresAt));
                evict();
            } else {
                proceed(Duration.between(now(), until));
            }
        }
    }

    private void look() {
        proceed(MOMENT);
        List<Instance> others = s.input().observation().loaded() instanceof Reading.Known<List<Instance>> known
                ? known.value().stream()
                        .filter(i -> !i.identifier().equals(NAME) || !i.isLocal())
                        .toList()
                : List.of();
        s = s.instances(others).observedAt(now()).apiLists(now());
        if (real != null) {
            s = s.apiLists(now(), new ServedInstance(real.modelKey(), NAME, real.contextLength(), null));
            s = s.besides(copy(real, "lastUsedAt", usedAt));
            real = copy(copy(real, "activity", Activity.IDLE), "queued", 0);
        }
    }

    private void refreshInventory() {
        look();
        Reading<List<DownloadedModel>> before = s.input().observation().downloaded();
        s = s.downloaded(
                switch (before) {
                    case Reading.Known<List<DownloadedModel>> known ->
                        new Reading.Known<>(known.value(), now()).after(before);
                    case Reading.Unknown<List<DownloadedModel>> unknown ->
                        new Reading.Known<>(List.of(PlanInputs.onDisk(KEY, null)), now());
                });
    }

    private void mutate(ModelOperation operation) {
        proceed(Duration.ofSeconds(5));
        switch (operation) {
            case ModelOperation.Load load -> {
                loads++;
                Instance loaded = s.wanted();
                real = areSettingsHonored
                        ? loaded
                        : context(loaded.contextLength() / 2).apply(loaded);
                usedAt = now();
                s = s.begun(load.loadRevision())
                        .done(load.loadRevision())
                        .recorded(new History.Recorded(real.modelKey(), real.contextLength(), real.ttl(), now()));
            }
            case ModelOperation.Unload unload -> {
                real = null;
                s = s.recorded(null);
            }
        }
        s = s.history("drainBeganAt", null);
        changed("changedAt", now());
    }

    /** An earlier download has ended by then. A download always delivers the requested model. */
    private void download() {
        changed("downloadSlotHolder", null);
        proceed(Duration.ofMinutes(10));
        s = s.downloads(PlanInputs.onDisk(KEY, null));
    }

    private void changed(String component, @Nullable Object value) {
        s = s.nodeContext(component, value);
    }

    /** Checks both independent sources. */
    private void verify() {
        look();
        boolean isServed =
                real != null && !Drift.between(s.input().desired(), real).exists();
        VerificationOutcome check = isServed
                ? check(VerificationResult.PASSED, Reason.VERIFIED, now(), 0)
                : check(VerificationResult.FAILED, Reason.VERIFICATION_FAILED, now(), 1);
        s = s.history(
                "lastCheck",
                copy(check, "mode", s.input().desired().verification().mode()));
    }

    private void renew() {
        usedAt = now();
        s = s.renewedAt(now());
    }

    private Instant now() {
        return s.input().now();
    }

    private void proceed(Duration time) {
        s = s.at(now().plus(time.isNegative() ? Duration.ZERO : time));
    }

    @Override
    public String toString() {
        return String.join("\n", story);
    }
}
