package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.Nullable;

/**
 * What an LM Studio says of itself, beside its models. Null is what it did not say.
 *
 * @param cliVersion which build of {@code lms} drives it: a commit, not a release
 * @param serverVersion the release that runs
 * @param isJitLoading whether a request that names a downloaded model loads it
 * @param wantsToken whether the HTTP API wants a token
 */
public record ServerInfo(
        @Nullable String cliVersion,
        @Nullable String serverVersion,
        @Nullable Boolean isJitLoading,
        @Nullable Boolean wantsToken) {}
