package dev.lmstudiooperator.lmstudio;

import java.util.List;
import java.util.function.Consumer;

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

    /**
     * Downloads a model by its exact catalogue name, {@code owner/name}, or its Hugging Face address. What an earlier call
     * has begun is joined, or gone on with. An interrupt ends the call; LM Studio may go on by itself.
     *
     * @param progress told about once a second, by the calling thread, as long as LM Studio says anything
     */
    void download(String source, Consumer<DownloadProgress> progress) throws LmStudioFailure, InterruptedException;

    /** Whether LM Studio's HTTP server runs. Starts nothing. */
    ServerStatus serverStatus() throws LmStudioFailure, InterruptedException;

    /**
     * Starts the HTTP server of the LM Studio that runs; one that runs elsewhere moves. Never starts LM Studio itself. That
     * it fails does not mean that the server is off: {@code lms} is known not to notice.
     */
    void startServer(ServerAddress address) throws LmStudioFailure, InterruptedException;

    /** Which build of {@code lms} this is: a commit, not a release. Asks no LM Studio, and costs as much as a list. */
    String version() throws LmStudioFailure, InterruptedException;

    /** Tells a program file from the one that replaces it, without running it; empty while there is none. */
    String fileStamp();
}
