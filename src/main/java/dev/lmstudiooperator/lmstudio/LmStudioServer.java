package dev.lmstudiooperator.lmstudio;

import java.util.Optional;

/** What the running LM Studio says of itself. Every question is bounded in time, loads nothing and starts nothing. */
public interface LmStudioServer {

    /** The release that runs. */
    String version() throws LmStudioFailure, InterruptedException;

    /** Whether a request that names a downloaded model loads it; empty where LM Studio's settings do not say. */
    Optional<Boolean> isJitLoading();

    /** Whether the HTTP API refuses whoever brings no token. */
    boolean wantsToken() throws LmStudioFailure, InterruptedException;
}
