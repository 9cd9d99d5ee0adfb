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
import dev.lmstudiooperator.agent.plan.History;
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

    /** Lists the ManagedModels of this node. */
    public interface Lister {

        /** Returns all of them. */
        Stream<ManagedModel> models();

        /** Returns those with this identifier. */
        Stream<ManagedModel> naming(String identifier);
    }

    /** Reports the result of a reconciliation. */
    @FunctionalInterface
    public interface StatusClient {

        /** Writes the status, and returns the ManagedModel after the write. */
        ManagedModel write(ManagedModel model, ManagedModelStatus status);

        /** Records the events of a reconciliation. By default, there is no object to record them for. */
        default void record(ManagedModel model, Result result) {}
    }

    /** Requests to LM Studio. The end of each request triggers the ManagedModel. */
    public interface Probing {

        void refresh(ResourceID owner);

        void refreshInventory(ResourceID owner);

        void check(ResourceID owner, PlanInput input);

        void renew(ResourceID owner, PlanInput input);
    }

    /**
     * The result of one reconciliation.
     *
     * @param before the current status
     * @param unreportedReconciliations how many reconciliations of the convergence, including this one, that status does not record
     * @param hasLoaded whether a load has succeeded since that status was written
     * @param hasResult whether an operation or a download has ended since that status was written
     * @param hasUnloaded whether the agent has unloaded the instance since that status was written
     */
    public record Result(
            ManagedModelStatus before,
            PlanInput input,
            Decision decision,
            int unreportedReconciliations,
            boolean hasLoaded,
            boolean hasResult,
            boolean hasUnloaded) {}

    private final ModelStateStore states;
    private final OperationQueue operations;
    private final ObservationSource observations;
    private final Probing probing;
    private final Supplier<LeaseStatus> nodeLease;
    private final PlanInputFactory inputFactory;
    private final Planner planner = new Planner();

    public ManagedModelSyncer(
            ModelStateStore states,
            OperationQueue operations,
            ObservationSource observations,
            Lister models,
            Probing probing,
            Supplier<LeaseStatus> nodeLease,
            Backoff retryBackoff,
            Duration longestLoad,
            Duration withdrawalTimeout,
            SteadyClock clock) {
        this.states = states;
        this.operations = operations;
        this.observations = observations;
        this.probing = probing;
        this.nodeLease = nodeLease;
        this.inputFactory =
                new PlanInputFactory(states, operations, models, retryBackoff, longestLoad, withdrawalTimeout, clock);
    }

    /**
     * Writes the status first, so that it records each operation before its start. If the write fails, only actions
     * that change nothing are executed, so that loaded models stay loaded. Plans again after a write that an action
     * must follow, and returns the last decision.
     */
    public Decision sync(ManagedModel model, StatusClient client) {
        ResourceID owner = ResourceID.fromResource(model);
        ManagedModel current = model;
        while (true) {
            LeaseStatus leaseStatus = nodeLease.get();
            PlanInputFactory.Gathered gathered = inputFactory.gather(current, observations, leaseStatus);
            PlanInput input = gathered.input();
            Decision decision = planner.plan(input);
            recordDrain(owner, input, decision);
            if (!leaseStatus.isApiServerReachable()) {
                return keep(owner, input, decision);
            }
            Result result = result(owner, current, gathered, decision);
            ManagedModel written = write(owner, current, result, client);
            states.reported(owner, gathered.entry());
            // JOSDK treats every event before our own write as known: no other event reports what others wrote
            // meanwhile.
            boolean isPlannedAgain = decision.action() instanceof Action.WriteStatus
                    || !Desired.of(written).equals(input.desired())
                    || isPublicationChanged(input, written);
            if (decision.action() instanceof Action.RecordIntent) {
                states.intend(owner, input.desired().loadRevision());
            }
            if (!isPlannedAgain) {
                renew(owner, input, decision);
                execute(owner, input, decision.action());
            }
            client.record(current, result);
            if (!isPlannedAgain) {
                return decision;
            }
            current = written;
        }
    }

    private static boolean isPublicationChanged(PlanInput input, ManagedModel written) {
        History.Publication before = input.history().publication();
        History.Publication after = Conditions.publication(PlanInputFactory.status(written), null, before.timeout());
        return before.isSelected() != after.isSelected() || before.isPublished() != after.isPublished();
    }

    private Result result(ResourceID owner, ManagedModel model, PlanInputFactory.Gathered gathered, Decision decision) {
        PlanInput input = gathered.input();
        ModelStateStore.ModelState entry = gathered.entry();
        return new Result(
                PlanInputFactory.status(model),
                input,
                decision,
                states.countReconciliation(owner),
                hasLoaded(model, input, entry),
                entry.outcome() != null || entry.download() != null,
                OperationResult.hasUnloaded(entry.outcome(), input.desired().identifier()));
    }

    private ManagedModel write(ResourceID owner, ManagedModel model, Result result, StatusClient client) {
        ManagedModelStatus status = StatusFactory.status(result);
        ManagedModel written;
        try {
            written = client.write(model, status);
        } catch (RuntimeException e) {
            keep(owner, result.input(), result.decision());
            throw e;
        }
        if (result.decision().summary().progress() != Progress.RECONCILING
                || Objects.equals(PlanInputFactory.status(written).convergence(), status.convergence())) {
            states.reconciliationsReported(owner);
        }
        return written;
    }

    /** A load whose end was not observed has succeeded if its instance is found. */
    private static boolean hasLoaded(ManagedModel model, PlanInput input, ModelStateStore.ModelState entry) {
        boolean isFound = !Objects.equals(
                input.history().loadedRevision(), PlanInputFactory.loadedRevision(PlanInputFactory.status(model)));
        return entry.outcome() instanceof OperationResult.Loaded || isFound;
    }

    /** The drain begins after the withdrawal from Services. */
    private void recordDrain(ResourceID owner, PlanInput input, Decision decision) {
        ConditionSummary summary = decision.summary();
        boolean isKnownAbsent = input.isObserved() && input.instance().isEmpty();
        if (decision.action() instanceof Action.Withdraw || decision.action() instanceof Action.AwaitWithdrawal) {
            states.withdrawing(owner, input.now());
        } else if (summary.reason() == Reason.DRAINING) {
            states.draining(owner, input.now());
        } else if (isKnownAbsent || summary.progress() != Progress.RECONCILING) {
            states.drained(owner);
        }
    }

    /**
     * Executes only renewals and probes, because the status cannot be written. The ManagedModel is triggered when the
     * API server answers again.
     */
    private Decision keep(ResourceID owner, PlanInput input, Decision decision) {
        renew(owner, input, decision);
        if (decision.action() instanceof Action.Probe) {
            execute(owner, input, decision.action());
            return decision;
        }
        return decision.withoutStep();
    }

    private void renew(ResourceID owner, PlanInput input, Decision decision) {
        if (decision.isRenewing()) {
            probing.renew(owner, input);
        }
    }

    private void execute(ResourceID owner, PlanInput input, Action action) {
        if (!(action instanceof Action.Execute || action instanceof Action.Enqueue)) {
            operations.withdraw(owner, Slot.MEMORY);
        }
        if (!(action instanceof Action.Download)) {
            operations.withdraw(owner, Slot.DOWNLOAD);
        }
        if (input.instance().isEmpty() && input.isObserved()) {
            states.forgetCheck(owner);
        }
        switch (action) {
            case Action.Wait wait -> {}
            case Action.AwaitWithdrawal await -> {}
            case Action.WriteStatus write ->
                throw new IllegalStateException("The status is written before an action is executed");
            case Action.Refresh refresh -> probing.refresh(owner);
            case Action.RefreshInventory refresh -> probing.refreshInventory(owner);
            case Action.Execute execute ->
                begin(owner, execute.operation(), () -> recordLoad(owner, input, execute.operation()));
            case Action.Enqueue await -> operations.await(owner, await.operation());
            case Action.Cancel cancel -> operations.cancel(owner, Slot.MEMORY);
            case Action.Download download -> begin(owner, new Download(download.source(), null), () -> {});
            case Action.CancelDownload cancel -> operations.cancel(owner, Slot.DOWNLOAD);
            case Action.Check check -> probing.check(owner, input);
            case Action.RemoveFinalizer release -> release(owner, input);
        }
    }

    private void release(ResourceID owner, PlanInput input) {
        operations.cancel(owner, Slot.DOWNLOAD);
        states.forget(owner);
        if (input.nodeContext().olderOwner() == null && input.nodeContext().newerOwner() == null) {
            states.interruptedLoads().forgetCopies(input.desired().identifier());
        }
    }

    private void begin(ResourceID owner, AgentOperation operation, Runnable beforeStart) {
        if (!operations.begin(owner, operation, beforeStart)) {
            operations.await(owner, operation);
        }
    }

    private void recordLoad(ResourceID owner, PlanInput input, ModelOperation operation) {
        if (operation instanceof ModelOperation.Load load) {
            states.beginLoad(owner, DuplicateInstances.under(load.identifier(), input.observation()));
        }
    }
}
