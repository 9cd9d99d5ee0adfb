package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stores what this process knows about its ManagedModels beyond their status. All of it may be lost at any time. A new
 * process verifies again. It assumes that LM Studio may still execute a load whose end no status records.
 */
public final class ModelStateStore {

    /** ManagedModels without an entry have the state {@link ModelState#NONE}. */
    private final Map<ResourceID, ModelState> states = new ConcurrentHashMap<>();

    private final InterruptedLoads interruptedLoads = new InterruptedLoads();

    /**
     * The state of one ManagedModel.
     *
     * @param outcome the result of the last load or unload, until a status records it
     * @param download the result of the last download, until a status records it
     * @param fruitlessRevision the load revision, recorded by this process, whose loads cannot have left an instance:
     *     none was started, or all were refused or cancelled
     * @param renewal the requests that keep its instance loaded
     * @param renewalFailure why the last renewal was not answered, until a check evaluates it
     * @param drainBeganAt when the agent began to wait for a busy instance; null if it does not wait
     * @param withdrawalBeganAt when the agent began to wait for the withdrawal from Services; null if it does not wait
     * @param copiesAtLoad identifiers that looked like second copies before the last load that this process started;
     *     null if it started none
     * @param unreportedReconciliations how many reconciliations no status records
     */
    public record ModelState(
            @Nullable OperationResult outcome,
            @Nullable OperationResult download,
            @Nullable VerificationOutcome lastCheck,
            boolean isProbing,
            @Nullable String fruitlessRevision,
            History.Renewal renewal,
            @Nullable LmStudioFailure renewalFailure,
            @Nullable Instant drainBeganAt,
            @Nullable Instant withdrawalBeganAt,
            @Nullable Set<String> copiesAtLoad,
            int unreportedReconciliations) {

        static final ModelState NONE =
                new ModelState(null, null, null, false, null, History.Renewal.NONE, null, null, null, null, 0);

        /** Whether this process has started to load it. */
        boolean hasLoaded() {
            return copiesAtLoad != null;
        }
    }

    /** A copy of a state that can be changed. */
    private static final class Draft {

        private @Nullable OperationResult outcome;
        private @Nullable OperationResult download;
        private @Nullable VerificationOutcome lastCheck;
        private boolean isProbing;
        private @Nullable String fruitlessRevision;
        private History.Renewal renewal;
        private @Nullable LmStudioFailure renewalFailure;
        private @Nullable Instant drainBeganAt;
        private @Nullable Instant withdrawalBeganAt;
        private @Nullable Set<String> copiesAtLoad;
        private int unreportedReconciliations;

        Draft(ModelState state) {
            outcome = state.outcome();
            download = state.download();
            lastCheck = state.lastCheck();
            isProbing = state.isProbing();
            fruitlessRevision = state.fruitlessRevision();
            renewal = state.renewal();
            renewalFailure = state.renewalFailure();
            drainBeganAt = state.drainBeganAt();
            withdrawalBeganAt = state.withdrawalBeganAt();
            copiesAtLoad = state.copiesAtLoad();
            unreportedReconciliations = state.unreportedReconciliations();
        }

        void renewal(
                @Nullable Instant succeededAt,
                @Nullable Instant attemptedAt,
                boolean isUnderWay,
                @Nullable LmStudioFailure failure) {
            renewal = new History.Renewal(succeededAt, attemptedAt, isUnderWay, failure != null);
            renewalFailure = failure;
        }

        ModelState finish() {
            return new ModelState(
                    outcome,
                    download,
                    lastCheck,
                    isProbing,
                    fruitlessRevision,
                    renewal,
                    renewalFailure,
                    drainBeganAt,
                    withdrawalBeganAt,
                    copiesAtLoad,
                    unreportedReconciliations);
        }
    }

    /** The loads of all ManagedModels whose end was not observed. */
    public InterruptedLoads interruptedLoads() {
        return interruptedLoads;
    }

    public ModelState of(ResourceID owner) {
        return states.getOrDefault(owner, ModelState.NONE);
    }

    private ModelState change(ResourceID owner, Consumer<Draft> change) {
        ModelState changed = states.compute(owner, (key, before) -> {
            Draft draft = new Draft(before == null ? ModelState.NONE : before);
            change.accept(draft);
            ModelState after = draft.finish();
            return after.equals(ModelState.NONE) ? null : after;
        });
        return changed == null ? ModelState.NONE : changed;
    }

    /** Records the result of an operation. */
    public void ended(ResourceID owner, OperationResult result) {
        change(owner, draft -> {
            switch (result.operation()) {
                case Download download -> draft.download = result;
                case ModelOperation operation -> {
                    interruptedLoads.ended(
                            owner, operation, result, Objects.requireNonNullElse(draft.copiesAtLoad, Set.of()));
                    ended(draft, result);
                }
            }
        });
    }

    /** Earlier checks no longer count, and the drain of an unloaded instance ends. */
    private static void ended(Draft draft, OperationResult result) {
        draft.outcome = result;
        draft.lastCheck = null;
        draft.drainBeganAt = null;
        draft.withdrawalBeganAt = null;
        draft.renewal(null, null, false, null);
        if (!result.hasSurelyLoadedNothing()) {
            draft.fruitlessRevision = null;
        }
    }

    /** Removes the results in this entry, because a status records them. */
    void reported(ResourceID owner, ModelState entry) {
        change(owner, draft -> {
            draft.outcome = Objects.equals(draft.outcome, entry.outcome()) ? null : draft.outcome;
            draft.download = Objects.equals(draft.download, entry.download()) ? null : draft.download;
        });
    }

    /** Counts a reconciliation. Returns how many no status records yet, including this one. */
    int countReconciliation(ResourceID owner) {
        return change(owner, draft -> draft.unreportedReconciliations++).unreportedReconciliations();
    }

    void reconciliationsReported(ResourceID owner) {
        change(owner, draft -> draft.unreportedReconciliations = 0);
    }

    void intend(ResourceID owner, String loadRevision) {
        change(owner, draft -> draft.fruitlessRevision = loadRevision);
    }

    /** @param copies identifiers that look like second copies of the identifier before the load */
    void beginLoad(ResourceID owner, Set<String> copies) {
        change(owner, draft -> draft.copiesAtLoad = copies);
    }

    public void probe(ResourceID owner) {
        change(owner, draft -> draft.isProbing = true);
    }

    public void probed(ResourceID owner) {
        change(owner, draft -> draft.isProbing = false);
    }

    public void checked(ResourceID owner, VerificationOutcome check) {
        change(owner, draft -> draft.lastCheck = check);
    }

    /** Removes the check of an instance that is gone. */
    void forgetCheck(ResourceID owner) {
        change(owner, draft -> draft.lastCheck = null);
    }

    public void renewalBegins(ResourceID owner, Instant at) {
        change(owner, draft -> draft.renewal(draft.renewal.succeededAt(), at, true, null));
    }

    /** Records an answered renewal. LM Studio counts the TTL from the time of the request at the earliest. */
    public void renewed(ResourceID owner, Instant at) {
        change(owner, draft -> draft.renewal(at, at, false, null));
    }

    /**
     * Records an unanswered renewal, which the next check evaluates. Ignores a renewal from before the last operation.
     * The failure is null if no request was sent.
     */
    public void renewalFailed(ResourceID owner, @Nullable LmStudioFailure failure) {
        change(owner, draft -> {
            if (draft.renewal.attemptedAt() != null) {
                draft.renewal(draft.renewal.succeededAt(), draft.renewal.attemptedAt(), false, failure);
            }
        });
    }

    /** Returns and clears the failure of a renewal that no check has evaluated yet. The caller evaluates it. */
    public Optional<LmStudioFailure> takeRenewalFailure(ResourceID owner) {
        LmStudioFailure failure = of(owner).renewalFailure();
        change(
                owner,
                draft -> draft.renewal(
                        draft.renewal.succeededAt(), draft.renewal.attemptedAt(), draft.renewal.isUnderWay(), null));
        return Optional.ofNullable(failure);
    }

    /**
     * Records the start of a drain. A failed observation, a slot of another ManagedModel or a new wait does not restart
     * it.
     */
    void draining(ResourceID owner, Instant at) {
        change(owner, draft -> draft.drainBeganAt = Objects.requireNonNullElse(draft.drainBeganAt, at));
    }

    /** Records the start of the wait for the withdrawal from Services. Later calls do not restart it. */
    void withdrawing(ResourceID owner, Instant at) {
        change(owner, draft -> draft.withdrawalBeganAt = Objects.requireNonNullElse(draft.withdrawalBeganAt, at));
    }

    /** Ends a drain: the instance is gone, or no longer has to be unloaded. */
    void drained(ResourceID owner) {
        change(owner, draft -> {
            draft.drainBeganAt = null;
            draft.withdrawalBeganAt = null;
        });
    }

    /**
     * Removes all state except a load that LM Studio may still execute: other ManagedModels of the node must wait for
     * its end.
     */
    public void forget(ResourceID owner) {
        states.remove(owner);
    }
}
