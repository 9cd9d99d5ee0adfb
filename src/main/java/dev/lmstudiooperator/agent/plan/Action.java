package dev.lmstudiooperator.agent.plan;

/** What to do next about one ManagedModel. */
public sealed interface Action {

    /** Nothing, until something changes or the time to revisit comes. */
    record Wait() implements Action {}

    /** A question to LM Studio, which changes nothing; then plan again. */
    sealed interface Probe extends Action {}

    /** Take a full look at LM Studio. */
    record Refresh() implements Probe {}

    /** Take a full look, at the models on disk too. */
    record LookAtDisk() implements Probe {}

    /** Something to be written to the status before anything is done; then plan again at once. */
    sealed interface WriteStatus extends Action {}

    /** Write that a new spec was seen and not judged yet. */
    record Acknowledge() implements WriteStatus {}

    /** Write the load revision before the load, so that a crash cannot load twice. */
    record RecordIntent() implements WriteStatus {}

    /** Change LM Studio, now: it is this ManagedModel's turn. */
    record Mutate(ModelOperation mutation) implements Action {}

    /** Plan again when whoever changes LM Studio now has finished; this is what is waited for. */
    record Enqueue(ModelOperation mutation) implements Action {}

    /** Cancel the running load. */
    record Cancel() implements Action {}

    /** Download a model, when it is this ManagedModel's turn; loads and unloads go on beside it. */
    record Download(String source) implements Action {}

    /** Cancel the running download. */
    record CancelDownload() implements Action {}

    /** VerificationOutcome that the instance is really served. */
    record Check() implements Probe {}

    /** Let the ManagedModel go. */
    record RemoveFinalizer() implements Action {}
}
