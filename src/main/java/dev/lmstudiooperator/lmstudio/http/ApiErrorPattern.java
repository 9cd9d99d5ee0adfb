package dev.lmstudiooperator.lmstudio.http;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The known values of {@code error} in a reply of the API, and their meaning. The first matching pattern applies. */
enum ApiErrorPattern {
    TOKEN_REFUSED(
            InfrastructureFailure.Kind.NOT_AUTHENTICATED,
            "give the agent a token from LM Studio's developer settings, or check the one it has",
            "invalid_api_key|api token|unauthorized"),
    UNKNOWN_ENDPOINT(
            InfrastructureFailure.Kind.VERSION_MISMATCH,
            "check the address, and update LM Studio",
            "unexpected endpoint"),
    NOT_LOADED(
            DomainFailure.Kind.INSTANCE_GONE,
            "the listed instance does not answer; it was evicted, or its engine crashed",
            "model is unloaded|model unloaded|no models? loaded|already been unloaded"),
    UNKNOWN_MODEL(
            DomainFailure.Kind.MODEL_NOT_FOUND,
            "no instance carries this identifier",
            "invalid model identifier|model_not_found|model not found"),
    MEMORY(
            DomainFailure.Kind.INSUFFICIENT_MEMORY,
            "unload something, or choose a smaller model or context",
            "insufficient system resources"),
    ENGINE(
            DomainFailure.Kind.ENGINE_FAILED,
            "check LM Studio's log; exhausted memory often looks like this",
            "crashed|model_load_failed|failed to load|out of memory|unable to allocate");

    @SuppressWarnings("ImmutableEnumChecker") // Every implementation of Kind is an enum.
    private final LmStudioFailure.Kind kind;

    private final String advice;
    private final Pattern pattern;

    ApiErrorPattern(LmStudioFailure.Kind kind, String advice, String pattern) {
        this.kind = kind;
        this.advice = advice;
        this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    }

    boolean isIn(String errorText) {
        return pattern.matcher(errorText).find();
    }

    /**
     * Returns the reason why a list failed. Lists are never refused, so an unknown error is an infrastructure failure.
     */
    static LmStudioFailure ofList(Reply reply) {
        return known(reply)
                .or(() -> reply.isUnknownEndpoint() ? Optional.of(UNKNOWN_ENDPOINT) : Optional.empty())
                .map(error -> error.failure(whatHappened(reply)))
                .orElseGet(() -> unknown(reply));
    }

    /** Returns the reason why an inference request failed. */
    static LmStudioFailure ofInference(Reply reply) {
        return known(reply)
                .map(error -> error.failure(whatHappened(reply)))
                .orElseGet(() -> isRefusal(reply.status())
                        ? new DomainFailure(DomainFailure.Kind.REFUSED, whatHappened(reply))
                        : unknown(reply));
    }

    private static Optional<ApiErrorPattern> known(Reply reply) {
        String text = reply.errorText();
        boolean wantsToken = reply.status() == 401 || reply.status() == 403;
        return Stream.of(values())
                .filter(error -> error.isIn(text) || (error == TOKEN_REFUSED && wantsToken))
                .findFirst();
    }

    private static String whatHappened(Reply reply) {
        String text = reply.errorText();
        return "%s was answered with %d: %s"
                .formatted(reply.what(), reply.status(), text.isEmpty() ? "no reason" : TextSanitizer.clean(text));
    }

    private static LmStudioFailure unknown(Reply reply) {
        return new InfrastructureFailure(
                InfrastructureFailure.Kind.UNKNOWN, whatHappened(reply) + " — check LM Studio's log");
    }

    private static boolean isRefusal(int status) {
        return status >= 400 && status < 500 && status != 408 && status != 429;
    }

    private LmStudioFailure failure(String whatHappened) {
        return kind.failure(whatHappened + " — " + advice);
    }
}
