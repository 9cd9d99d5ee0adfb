package dev.lmstudiooperator.lmstudio;

import java.util.Optional;

/**
 * Reads information about the running LM Studio. Every read has a time limit. A read does not load a model or start a
 * process.
 */
public interface LmStudioServer {

    /** Returns the release of the running LM Studio. */
    String version() throws LmStudioFailure, InterruptedException;

    /**
     * Whether a request that names a downloaded model loads it. Empty if LM Studio's settings do not contain the value.
     */
    Optional<Boolean> isJitLoading();

    /** Whether the HTTP API rejects requests without a token. */
    boolean wantsToken() throws LmStudioFailure, InterruptedException;
}
