package dev.lmstudiooperator.lmstudio;

import java.time.Duration;
import java.util.Set;

/** What the operator asks of LM Studio's HTTP API. Every call is bounded in time. */
public interface LmStudioApi {

    /** What is loaded, and what is on disk. Loads nothing and resets no idle timer. */
    ApiModelList list() throws LmStudioFailure, InterruptedException;

    /**
     * The keys of the models that LM Studio is loading now, whoever asked for the load. Loads nothing and resets no idle
     * timer. Fails where LM Studio does not report loads under way.
     */
    Set<String> loading() throws LmStudioFailure, InterruptedException;

    /**
     * One token from a language model, or one vector from an embedding model. Resets the idle timer of the instance.
     * Ask only for what {@link #list} has just listed: LM Studio would load a downloaded model of that name by itself.
     *
     * @param timeout for the whole exchange
     */
    InferenceReply ask(String identifier, ModelType type, Duration timeout) throws LmStudioFailure, InterruptedException;
}
