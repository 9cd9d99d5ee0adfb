package dev.lmstudiooperator.agent.plan;

/** What to do next about one ManagedModel. */
public sealed interface Step {

    /** Nothing, until something changes or the time to revisit comes. */
    record Rest() implements Step {}

    /** A question to LM Studio, which changes nothing; then plan again. */
    sealed interface Probe extends Step {}

    /** Take a full look at LM Studio. */
    record Look() implements Probe {}

    /** Take a full look, at the models on disk too. */
    record LookAtDisk() implements Probe {}

    /** Something to be written to the status before anything is done; then plan again at once. */
    sealed interface Note extends Step {}

    /** Write that a new spec was seen and not judged yet. */
    record Acknowledge() implements Note {}

    /** Write the load revision before the load, so that a crash cannot load twice. */
    record RecordIntent() implements Note {}

    /** Change LM Studio, now: it is this ManagedModel's turn. */
    record Mutate(Mutation mutation) implements Step {}

    /** Plan again when whoever changes LM Studio now has finished; this is what is waited for. */
    record AwaitTurn(Mutation mutation) implements Step {}

    /** Cancel the running load. */
    record Cancel() implements Step {}

    /** Download a model, when it is this ManagedModel's turn; loads and unloads go on beside it. */
    record Download(String source) implements Step {}

    /** Cancel the running download. */
    record CancelDownload() implements Step {}

    /** Check that the instance is really served. */
    record Check() implements Probe {}

    /** Let the ManagedModel go. */
    record Release() implements Step {}
}
