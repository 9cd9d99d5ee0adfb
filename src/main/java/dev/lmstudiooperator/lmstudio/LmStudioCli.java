package dev.lmstudiooperator.lmstudio;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the operator to {@code lms}. Every call has a time limit. If a call is interrupted, it sends SIGINT to
 * its process, as Ctrl-C does, and throws {@link InterruptedException}. SIGINT cancels a load in LM Studio.
 *
 * <p>The normal return of a mutating call does not verify its effect. The caller must read the state again.
 */
public interface LmStudioCli {

    /** The operations of {@code lms} that the operator uses. */
    enum Operation {
        LIST_DOWNLOADED("lms ls", false),
        LIST_LOADED("lms ps", false),
        SERVER_STATUS("lms server status", false),
        VERSION("lms version", false),
        START_SERVER("lms server start", true),
        LOAD("lms load", true),
        UNLOAD("lms unload", true),
        DOWNLOAD("lms get", true);

        private final String spoken;
        private final boolean changes;

        Operation(String spoken, boolean changes) {
            this.spoken = spoken;
            this.changes = changes;
        }

        /** Returns the command as a user would type it. */
        public String spoken() {
            return spoken;
        }

        public boolean changes() {
            return changes;
        }
    }

    /**
     * The progress of a download, as LM Studio reports it. LM Studio rounds sizes to about three digits.
     *
     * @param percent whole percent, from 0 to 100
     * @param downloadedBytes null while LM Studio does not report it
     * @param totalBytes null while LM Studio does not report it
     */
    record DownloadProgress(
            int percent,
            @Nullable Long downloadedBytes,
            @Nullable Long totalBytes) {

        public DownloadProgress {
            if (percent < 0 || percent > 100) {
                throw new IllegalArgumentException("A download is from 0 to 100 % done, not " + percent);
            }
        }
    }

    /**
     * The state of LM Studio's HTTP server, as {@code lms server status --json} reports it.
     *
     * @param port the port of the current or the last run; null when the server was never started
     */
    record ServerStatus(boolean isRunning, @Nullable Integer port) {}

    /**
     * The address at which LM Studio's HTTP server listens.
     *
     * @param bind the IP address of one interface, or of all, such as {@code 127.0.0.1}. A host name is not valid,
     *     because it may have several addresses
     * @param port from 1 to 65535
     */
    record ServerAddress(String bind, int port) {

        private static final int LAST_PORT = 65_535;
        private static final Pattern NUMBERS = Pattern.compile("[0-9A-Fa-f:.]+(%\\w+)?");

        public ServerAddress {
            if (!NUMBERS.matcher(bind).matches() || port < 1 || port > LAST_PORT) {
                throw new IllegalArgumentException(
                        "A server listens at a number and a port from 1 to 65535, not at %s, %d".formatted(bind, port));
            }
        }

        @Override
        public String toString() {
            return (bind.contains(":") ? "[" + bind + "]" : bind) + ":" + port;
        }
    }

    /** Lists all models on disk, including those on linked devices. */
    List<DownloadedModel> listDownloaded() throws LmStudioFailure, InterruptedException;

    /** Lists all loaded instances, including those on linked devices. */
    List<Instance> listLoaded() throws LmStudioFailure, InterruptedException;

    /** Loads a model on this machine. Call it only for a key that {@link #listDownloaded} listed exactly. */
    void load(LoadRequest request) throws LmStudioFailure, InterruptedException;

    /** Unloads the instance with this identifier. Succeeds if no such instance is loaded. */
    void unload(String identifier) throws LmStudioFailure, InterruptedException;

    /**
     * Downloads a model by its exact catalogue name, {@code owner/name}, or its Hugging Face URL. The call joins or
     * resumes a download that an earlier call started. An interrupt ends the call, but LM Studio may continue the
     * download.
     *
     * @param progress receives the progress about once per second on the calling thread, while LM Studio reports it
     */
    void download(String source, Consumer<DownloadProgress> progress) throws LmStudioFailure, InterruptedException;

    /** Reports whether LM Studio's HTTP server runs. Does not start the server or LM Studio. */
    ServerStatus serverStatus() throws LmStudioFailure, InterruptedException;

    /**
     * Starts the HTTP server of the running LM Studio, or moves a server that listens at another address. Does not
     * start LM Studio itself. A failure does not mean that the server is off, because {@code lms} does not always
     * detect a successful start.
     */
    void startServer(ServerAddress address) throws LmStudioFailure, InterruptedException;

    /**
     * Returns the build of {@code lms}, which is a commit, not a release. Does not contact LM Studio, and costs as much
     * as a list.
     */
    String version() throws LmStudioFailure, InterruptedException;

    /**
     * Returns a value that changes when the program file is replaced. Does not run the program. Empty if the file does
     * not exist.
     */
    String fileStamp();
}
