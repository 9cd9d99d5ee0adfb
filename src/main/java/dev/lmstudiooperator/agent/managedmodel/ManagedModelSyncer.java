package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.lease.LeaseStatus;
import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.operation.DownloadQueue;
import dev.lmstudiooperator.agent.operation.NamespacedName;
import dev.lmstudiooperator.agent.operation.OperationQueue;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.DuplicateInstances;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.rules.Planner;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.Backoff;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Syncs one ManagedModel: gathers the input, plans, writes the status, and acts. It depends on no framework and no
 * thread.
 */
public final class ManagedModelSyncer {

    /** The ManagedModels of this node in the API server. */
    public interface Cluster {

        /** Returns all of them. */
        Stream<ManagedModel> models();

        /** Returns those with this identifier. */
        Stream<ManagedModel> naming(String identifier);

        /** Writes the status, and returns the ManagedModel after the write. */
        ManagedModel write(ManagedModel model, ManagedModelStatus status);

        /** Records the events of a reconciliation. */
        void record(ManagedModel model, SyncResult pass);
    }

    /** Requests to LM Studio. The end of each request triggers the ManagedModel. */
    public interface Probing {

        void look(NamespacedName owner);

        void lookAtDisk(NamespacedName owner);

        void check(NamespacedName owner, PlanInput situation);

        void renew(NamespacedName owner, PlanInput situation);
    }

    private final ModelStateStore ledger;
    private final OperationQueue lane;
    private final DownloadQueue downloads;
    private final ObservationSource sight;
    private final Probing probing;
    private final Supplier<LeaseStatus> tenure;
    private final PlanInputFactory gatherer;
    private final Planner planner = new Planner();

    public ManagedModelSyncer(
            ModelStateStore ledger,
            OperationQueue lane,
            DownloadQueue downloads,
            ObservationSource sight,
            Probing probing,
            Supplier<LeaseStatus> tenure,
            Backoff retryPace,
            Duration longestLoad,
            SteadyClock clock) {
        this.ledger = ledger;
        this.lane = lane;
        this.downloads = downloads;
        this.sight = sight;
        this.probing = probing;
        this.tenure = tenure;
        this.gatherer = new PlanInputFactory(ledger, lane, downloads, retryPace, longestLoad, clock);
    }

    /**
     * Writes the status first, so that it records each operation before its start. If the write fails, only actions
     * that change nothing are executed, so that loaded models stay loaded.
     */
    public Decision advance(ManagedModel model, Cluster cluster) {
        NamespacedName owner = PlanInputFactory.owner(model);
        LeaseStatus standing = tenure.get();
        PlanInputFactory.Gathered gathered = gatherer.gather(model, sight, cluster, standing);
        PlanInput situation = gathered.situation();
        ModelStateStore.ModelState entry = gathered.entry();
        Decision decision = planner.plan(situation);
        rememberDrain(owner, situation, decision.finding());
        if (!standing.isHeard()) {
            return keep(owner, situation, decision);
        }
        SyncResult pass = new SyncResult(
                PlanInputFactory.status(model),
                situation,
                decision,
                ledger.pass(owner),
                hasLoaded(model, situation, entry),
                entry.outcome() != null || entry.download() != null,
                OperationResult.hasUnloaded(entry.outcome(), situation.desired().identifier()));
        ManagedModelStatus status = StatusFactory.status(pass);
        ManagedModel written;
        try {
            written = cluster.write(model, status);
        } catch (RuntimeException untold) {
            keep(owner, situation, decision);
            throw untold;
        }
        ledger.reported(owner, entry);
        if (decision.finding().progress() != Progress.RECONCILING
                || Objects.equals(PlanInputFactory.status(written).convergence(), status.convergence())) {
            ledger.passesTold(owner);
        }
        Decision last = decision;
        if (decision.step() instanceof Action.WriteStatus note) {
            remember(owner, situation, note);
            last = advance(written, cluster);
        } else if (!Desired.of(written).equals(situation.desired())) {
            // JOSDK treats every event before our own write as known: no other event reports this change.
            last = advance(written, cluster);
        } else {
            renew(owner, situation, decision);
            carryOut(owner, situation, decision.step());
        }
        cluster.record(model, pass);
        return last;
    }

    /** A load whose end was not observed has succeeded if its instance is found. */
    private static boolean hasLoaded(ManagedModel model, PlanInput situation, ModelStateStore.ModelState entry) {
        boolean isFound = !Objects.equals(
                situation.history().loadedRevision(), PlanInputFactory.loadedRevision(PlanInputFactory.status(model)));
        return entry.outcome() instanceof OperationResult.Loaded || isFound;
    }

    private void remember(NamespacedName owner, PlanInput situation, Action.WriteStatus note) {
        switch (note) {
            case Action.Acknowledge acknowledge -> {}
            case Action.RecordIntent intent ->
                ledger.intend(owner, situation.desired().loadRevision());
        }
    }

    private void rememberDrain(NamespacedName owner, PlanInput situation, ConditionSummary finding) {
        boolean isKnownAbsent = situation.isLookedAt() && situation.instance().isEmpty();
        if (finding.reason() == Reason.DRAINING) {
            ledger.draining(owner, situation.now());
        } else if (isKnownAbsent || finding.progress() != Progress.RECONCILING) {
            ledger.drained(owner);
        }
    }

    /**
     * Executes only renewals and probes, because the status cannot be written. The ManagedModel is triggered when the
     * API server answers again.
     */
    private Decision keep(NamespacedName owner, PlanInput situation, Decision decision) {
        renew(owner, situation, decision);
        if (decision.step() instanceof Action.Probe) {
            carryOut(owner, situation, decision.step());
            return decision;
        }
        return decision.withoutStep();
    }

    private void renew(NamespacedName owner, PlanInput situation, Decision decision) {
        if (decision.isRenewing()) {
            probing.renew(owner, situation);
        }
    }

    private void carryOut(NamespacedName owner, PlanInput situation, Action step) {
        if (!(step instanceof Action.Mutate || step instanceof Action.Enqueue)) {
            lane.withdraw(owner);
        }
        if (!(step instanceof Action.Download)) {
            downloads.withdraw(owner);
        }
        if (situation.instance().isEmpty() && situation.isLookedAt()) {
            ledger.forgetCheck(owner);
        }
        switch (step) {
            case Action.Wait rest -> {}
            case Action.WriteStatus note ->
                throw new IllegalStateException("A note is written before, not carried out");
            case Action.Refresh look -> probing.look(owner);
            case Action.LookAtDisk look -> probing.lookAtDisk(owner);
            case Action.Mutate mutate -> begin(owner, situation, mutate.mutation());
            case Action.Enqueue await -> lane.await(owner, await.mutation());
            case Action.Cancel cancel -> lane.cancel(owner);
            case Action.Download download -> downloads.begin(owner, download.source());
            case Action.CancelDownload cancel -> downloads.cancel(owner);
            case Action.Check check -> probing.check(owner, situation);
            case Action.RemoveFinalizer release -> release(owner, situation);
        }
    }

    private void release(NamespacedName owner, PlanInput situation) {
        downloads.cancel(owner);
        ledger.forget(owner);
        if (situation.surroundings().olderClaimant() == null
                && situation.surroundings().youngerClaimant() == null) {
            ledger.forgetIdentifier(situation.desired().identifier());
        }
    }

    private void begin(NamespacedName owner, PlanInput situation, ModelOperation mutation) {
        if (!lane.begin(owner, mutation, () -> note(owner, situation, mutation))) {
            lane.await(owner, mutation);
        }
    }

    private void note(NamespacedName owner, PlanInput situation, ModelOperation mutation) {
        if (mutation instanceof ModelOperation.Load load) {
            ledger.beginLoad(owner, DuplicateInstances.under(load.identifier(), situation.observation()));
        }
    }
}
