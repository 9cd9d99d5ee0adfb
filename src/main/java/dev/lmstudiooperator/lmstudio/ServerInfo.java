package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/**
 * The information that LM Studio reports about itself, without its models. A value is null when LM Studio does not
 * report it.
 *
 * @param cliVersion the build of {@code lms}, which is a commit, not a release
 * @param serverVersion the release of the running LM Studio
 * @param isJitLoading whether a request that names a downloaded model loads it
 * @param wantsToken whether the HTTP API requires a token
 */
public record ServerInfo(
        @Nullable String cliVersion,
        @Nullable String serverVersion,
        @Nullable Boolean isJitLoading,
        @Nullable Boolean wantsToken) {}
