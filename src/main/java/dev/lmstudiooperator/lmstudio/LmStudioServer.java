package dev.lmstudiooperator.lmstudio;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads information about the running LM Studio. Every read has a time limit. A read does not load a model or start a
 * process.
 */
public interface LmStudioServer {

    /**
     * The information that LM Studio reports about itself, without its models. A value is null when LM Studio does not
     * report it.
     *
     * @param cliVersion the build of {@code lms}, which is a commit, not a release
     * @param serverVersion the release of the running LM Studio
     * @param isJitLoading whether a request that names a downloaded model loads it
     * @param wantsToken whether the HTTP API requires a token
     */
    record ServerInfo(
            @Nullable String cliVersion,
            @Nullable String serverVersion,
            @Nullable Boolean isJitLoading,
            @Nullable Boolean wantsToken) {}

    /** Returns the release of the running LM Studio. */
    String version() throws LmStudioFailure, InterruptedException;

    /**
     * Whether a request that names a downloaded model loads it. Empty if LM Studio's settings do not contain the value.
     */
    Optional<Boolean> isJitLoading();

    /** Whether the HTTP API rejects requests without a token. */
    boolean wantsToken() throws LmStudioFailure, InterruptedException;
}
