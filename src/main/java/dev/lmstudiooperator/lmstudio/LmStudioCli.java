package dev.lmstudiooperator.lmstudio;

import java.util.List;

/**
 * What the operator asks of {@code lms}. Every call is bounded in time. An interrupted call ends its process the way a
 * person would with Ctrl-C, which is what cancels a load in LM Studio, and throws {@link InterruptedException}.
 *
 * <p>That a mutating call returns normally proves nothing: the caller looks again.
 */
public interface LmStudioCli {

    /** Everything on disk, linked devices included. */
    List<DownloadedModel> listDownloaded() throws LmStudioFailure, InterruptedException;

    /** Everything in memory, linked devices included. */
    List<Instance> listLoaded() throws LmStudioFailure, InterruptedException;

    /** Loads a model on this machine. Never call it for a key that {@link #listDownloaded} did not list exactly. */
    void load(LoadRequest request) throws LmStudioFailure, InterruptedException;

    /** Unloads the instance with this identifier; one that is not loaded is a success. */
    void unload(String identifier) throws LmStudioFailure, InterruptedException;

    /** Downloads a model by its exact catalogue name, {@code owner/name}, or its Hugging Face address. */
    void download(String source) throws LmStudioFailure, InterruptedException;

    /** Whether LM Studio's HTTP server runs. Starts nothing. */
    ServerStatus serverStatus() throws LmStudioFailure, InterruptedException;
}
