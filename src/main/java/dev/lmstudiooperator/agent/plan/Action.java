package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.LoadRequest;

/** The next action for one ManagedModel. */
public sealed interface Action {

    /** An operation that the agent executes on LM Studio: a change of the models in memory, or a download. */
    sealed interface AgentOperation permits ModelOperation, History.Download {}

    /** An operation that changes the models in the memory of LM Studio. Operations run one at a time per node. */
    sealed interface ModelOperation extends AgentOperation {

        String identifier();

        /** Loads a model. */
        record Load(LoadRequest request, String loadRevision) implements ModelOperation {
            @Override
            public String identifier() {
                return request.identifier();
            }
        }

        /** Unloads an instance. */
        record Unload(String identifier) implements ModelOperation {}
    }

    /** Do nothing until something changes, or until the time to plan again. */
    record Wait() implements Action {}

    /** A read-only request to LM Studio. The agent plans again afterwards. */
    sealed interface Probe extends Action {}

    /** Refresh the observation of LM Studio. */
    record Refresh() implements Probe {}

    /** Refresh the observation, including the models on disk. */
    record RefreshInventory() implements Probe {}

    /** A status update that must be written before the agent acts. The agent plans again immediately afterwards. */
    sealed interface WriteStatus extends Action {}

    /** Record that the new spec was observed but is not evaluated yet. */
    record Acknowledge() implements WriteStatus {}

    /** Record the load revision before the load, so that a restart after a crash does not load twice. */
    record RecordIntent() implements WriteStatus {}

    /** Record that the instance drains, so that the controller withdraws it from Services. */
    record Withdraw() implements WriteStatus {}

    /** Wait until the controller has withdrawn the instance from Services. */
    record AwaitWithdrawal() implements Action {}

    /** Start an operation on LM Studio now. This ManagedModel has the slot. */
    record Execute(ModelOperation operation) implements Action {}

    /**
     * Wait for the slot. Plan again when the running operation ends.
     *
     * @param operation the operation that waits
     */
    record Enqueue(ModelOperation operation) implements Action {}

    /** Cancel the running load. */
    record Cancel() implements Action {}

    /** Download a model when this ManagedModel gets the download slot. Loads and unloads continue meanwhile. */
    record Download(String source) implements Action {}

    /** Cancel the running download. */
    record CancelDownload() implements Action {}

    /** Verify that the instance is served. */
    record Check() implements Probe {}

    /** Remove the finalizer of the ManagedModel. */
    record RemoveFinalizer() implements Action {}
}
