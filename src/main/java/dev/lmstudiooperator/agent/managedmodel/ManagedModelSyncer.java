package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.lease.LeaseStatus;
import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.operation.OperationQueue;
import dev.lmstudiooperator.agent.operation.OperationQueue.Slot;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.AgentOperation;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.DuplicateInstances;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.plan.rules.Planner;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.Backoff;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
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
        void record(ManagedModel model, Result pass);
    }

    /** Requests to LM Studio. The end of each request triggers the ManagedModel. */
    public interface Probing {

        void look(ResourceID owner);

        void lookAtDisk(ResourceID owner);

        void check(ResourceID owner, PlanInput situation);

        void renew(ResourceID owner, PlanInput situation);
    }

    /**
     * The result of one reconciliation.
     *
     * @param before the current status
     * @param passesUntold how many reconciliations of the convergence, including this one, that status does not record
     * @param hasLoaded whether a load has succeeded since that status was written
     * @param hasOutcome whether an operation or a download has ended since that status was written
     * @param hasUnloaded whether the agent has unloaded the instance since that status was written
     */
    public record Result(
            ManagedModelStatus before,
            PlanInput situation,
            Decision decision,
            int passesUntold,
            boolean hasLoaded,
            boolean hasOutcome,
            boolean hasUnloaded) {}

    private final ModelStateStore ledger;
    private final OperationQueue lane;
    private final ObservationSource sight;
    private final Probing probing;
    private final Supplier<LeaseStatus> tenure;
    private final PlanInputFactory gatherer;
    private final Planner planner = new Planner();

    public ManagedModelSyncer(
            ModelStateStore ledger,
            OperationQueue lane,
            ObservationSource sight,
            Probing probing,
            Supplier<LeaseStatus> tenure,
            Backoff retryPace,
            Duration longestLoad,
            SteadyClock clock) {
        this.ledger = ledger;
        this.lane = lane;
        this.sight = sight;
        this.probing = probing;
        this.tenure = tenure;
        this.gatherer = new PlanInputFactory(ledger, lane, retryPace, longestLoad, clock);
    }

    /**
     * Writes the status first, so that it records each operation before its start. If the write fails, only actions
     * that change nothing are executed, so that loaded models stay loaded. Plans again after a write that an action
     * must follow, and returns the last decision.
     */
    public Decision advance(ManagedModel model, Cluster cluster) {
        ResourceID owner = ResourceID.fromResource(model);
        ManagedModel current = model;
        while (true) {
            LeaseStatus standing = tenure.get();
            PlanInputFactory.Gathered gathered = gatherer.gather(current, sight, cluster, standing);
            PlanInput situation = gathered.situation();
            Decision decision = planner.plan(situation);
            rememberDrain(owner, situation, decision.finding());
            if (!standing.isHeard()) {
                return keep(owner, situation, decision);
            }
            Result pass = result(owner, current, gathered, decision);
            ManagedModel written = write(owner, current, pass, cluster);
            ledger.reported(owner, gathered.entry());
            // JOSDK treats every event before our own write as known: no other event reports a changed spec.
            boolean isPlannedAgain = decision.step() instanceof Action.WriteStatus
                    || !Desired.of(written).equals(situation.desired());
            if (decision.step() instanceof Action.RecordIntent) {
                ledger.intend(owner, situation.desired().loadRevision());
            }
            if (!isPlannedAgain) {
                renew(owner, situation, decision);
                carryOut(owner, situation, decision.step());
            }
            cluster.record(current, pass);
            if (!isPlannedAgain) {
                return decision;
            }
            current = written;
        }
    }

    private Result result(ResourceID owner, ManagedModel model, PlanInputFactory.Gathered gathered, Decision decision) {
        PlanInput situation = gathered.situation();
        ModelStateStore.ModelState entry = gathered.entry();
        return new Result(
                PlanInputFactory.status(model),
                situation,
                decision,
                ledger.pass(owner),
                hasLoaded(model, situation, entry),
                entry.outcome() != null || entry.download() != null,
                OperationResult.hasUnloaded(entry.outcome(), situation.desired().identifier()));
    }

    private ManagedModel write(ResourceID owner, ManagedModel model, Result pass, Cluster cluster) {
        ManagedModelStatus status = StatusFactory.status(pass);
        ManagedModel written;
        try {
            written = cluster.write(model, status);
        } catch (RuntimeException untold) {
            keep(owner, pass.situation(), pass.decision());
            throw untold;
        }
        if (pass.decision().finding().progress() != Progress.RECONCILING
                || Objects.equals(PlanInputFactory.status(written).convergence(), status.convergence())) {
            ledger.passesTold(owner);
        }
        return written;
    }

    /** A load whose end was not observed has succeeded if its instance is found. */
    private static boolean hasLoaded(ManagedModel model, PlanInput situation, ModelStateStore.ModelState entry) {
        boolean isFound = !Objects.equals(
                situation.history().loadedRevision(), PlanInputFactory.loadedRevision(PlanInputFactory.status(model)));
        return entry.outcome() instanceof OperationResult.Loaded || isFound;
    }

    private void rememberDrain(ResourceID owner, PlanInput situation, ConditionSummary finding) {
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
    private Decision keep(ResourceID owner, PlanInput situation, Decision decision) {
        renew(owner, situation, decision);
        if (decision.step() instanceof Action.Probe) {
            carryOut(owner, situation, decision.step());
            return decision;
        }
        return decision.withoutStep();
    }

    private void renew(ResourceID owner, PlanInput situation, Decision decision) {
        if (decision.isRenewing()) {
            probing.renew(owner, situation);
        }
    }

    private void carryOut(ResourceID owner, PlanInput situation, Action step) {
        if (!(step instanceof Action.Mutate || step instanceof Action.Enqueue)) {
            lane.withdraw(owner, Slot.MEMORY);
        }
        if (!(step instanceof Action.Download)) {
            lane.withdraw(owner, Slot.DOWNLOAD);
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
            case Action.Mutate mutate ->
                begin(owner, mutate.mutation(), () -> note(owner, situation, mutate.mutation()));
            case Action.Enqueue await -> lane.await(owner, await.mutation());
            case Action.Cancel cancel -> lane.cancel(owner, Slot.MEMORY);
            case Action.Download download -> begin(owner, new Download(download.source(), null), () -> {});
            case Action.CancelDownload cancel -> lane.cancel(owner, Slot.DOWNLOAD);
            case Action.Check check -> probing.check(owner, situation);
            case Action.RemoveFinalizer release -> release(owner, situation);
        }
    }

    private void release(ResourceID owner, PlanInput situation) {
        lane.cancel(owner, Slot.DOWNLOAD);
        ledger.forget(owner);
        if (situation.surroundings().olderClaimant() == null
                && situation.surroundings().youngerClaimant() == null) {
            ledger.interruptedLoads().forgetCopies(situation.desired().identifier());
        }
    }

    private void begin(ResourceID owner, AgentOperation operation, Runnable note) {
        if (!lane.begin(owner, operation, note)) {
            lane.await(owner, operation);
        }
    }

    private void note(ResourceID owner, PlanInput situation, ModelOperation mutation) {
        if (mutation instanceof ModelOperation.Load load) {
            ledger.beginLoad(owner, DuplicateInstances.under(load.identifier(), situation.observation()));
        }
    }
}
