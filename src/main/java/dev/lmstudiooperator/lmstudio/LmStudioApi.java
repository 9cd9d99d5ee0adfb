package dev.lmstudiooperator.lmstudio;

import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import java.time.Duration;
import java.util.Set;

/** The calls of the operator to LM Studio's HTTP API. Every call has a time limit. */
public interface LmStudioApi {

    /**
     * The reply to the smallest possible inference request. An empty answer from the right model is a valid answer.
     *
     * @param servedBy the model that the reply names; if it is not the requested model, LM Studio used it as a fallback
     */
    record InferenceReply(String servedBy) {}

    /** Lists the loaded instances and the models on disk. Does not load a model or reset an idle timer. */
    ApiModelList list() throws LmStudioFailure, InterruptedException;

    /**
     * Returns the keys of the models that LM Studio is loading now, for any client. Does not load a model or reset an
     * idle timer. Fails if LM Studio does not report loads in progress.
     */
    Set<String> loading() throws LmStudioFailure, InterruptedException;

    /**
     * Requests one token from a language model, or one vector from an embedding model. Resets the idle timer of the
     * instance. Call it only for an instance that {@link #list} has just listed. Otherwise LM Studio would load a
     * downloaded model of that name.
     *
     * @param timeout the limit for the whole exchange
     */
    InferenceReply ask(String identifier, ModelType type, Duration timeout)
            throws LmStudioFailure, InterruptedException;
}
