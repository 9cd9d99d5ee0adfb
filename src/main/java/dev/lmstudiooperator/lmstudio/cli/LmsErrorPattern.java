package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The known error messages of {@code lms} on stderr, and their meaning.
 *
 * <p>{@code lms} exits with 1 for every error, so only the message identifies it. The first matching pattern applies.
 * Causes precede their consequences: for example, a rejected key precedes the closed connection.
 */
enum LmsErrorPattern {
    VERSIONS_DIFFER(
            InfrastructureFailure.Kind.VERSION_MISMATCH,
            "use the lms that came with the running LM Studio, and restart LM Studio after an update",
            "communication warning|zod error|protocol incompatibility"),
    ASKS_A_PERSON(
            DomainFailure.Kind.REFUSED,
            "lms waits for input, probably because a linked device has an instance with the same identifier: choose another",
            "\\? [^\\n]*select (one|a model)\\b"),
    KEY_REFUSED(
            InfrastructureFailure.Kind.NOT_AUTHENTICATED,
            "use the lms that came with the running LM Studio, as the same user with the same home directory",
            "failed to authenticate|invalid passkey"),
    KEY_NOT_WRITTEN(
            InfrastructureFailure.Kind.UNREACHABLE,
            "start LM Studio once as this user, which writes the key",
            "enoent.*lms-key-2"),
    KEY_NOT_READABLE(
            InfrastructureFailure.Kind.NOT_AUTHENTICATED,
            "run the operator as the user who runs LM Studio, whose key this is",
            "(eacces|eperm).*lms-key-2"),
    HOME_NOT_WRITABLE(
            InfrastructureFailure.Kind.CLI_NOT_USABLE,
            "let the home directory that is configured for lms (lmstudio-operator.lms.home) exist and be writable",
            "(enoent|erofs|eacces|eperm|enospc).*\\.lmstudio-home-pointer"),
    DISK_FULL(
            DomainFailure.Kind.DISK_FULL,
            "free space on the disk that holds LM Studio's models, or move them to a larger one",
            "enospc|edquot|no space left|disk quota exceeded|(disk|drive|volume|storage) (is )?full"
                    + "|(not enough|insufficient|out of|too little)( free)?( disk| storage)? space"
                    + "|insufficient (disk|storage)|not enough (disk|storage)"),
    PORT_TAKEN(
            DomainFailure.Kind.REFUSED,
            "another program listens there: end it, or configure another port",
            "eaddrinuse|address already in use"),
    NOT_VERIFIED(
            InfrastructureFailure.Kind.UNREACHABLE,
            "it may still run: see `lms server status`",
            "failed to verify the server is running"),
    NOT_RUNNING(
            InfrastructureFailure.Kind.UNREACHABLE,
            "start LM Studio (`lms daemon up`)",
            "failed to connect using|daemon is not running|timed out waiting for lm studio daemon"
                    + "|the server does not appear to be running|failed to start or connect to local"),
    CANCELLED(
            InfrastructureFailure.Kind.CANCELLED,
            "another process sent an interrupt; the agent retries",
            "load cancelled|download cancelled"),
    INSTANCE_GONE(
            DomainFailure.Kind.INSTANCE_GONE,
            "an instance disappeared meanwhile, which is normal when a TTL expires; retry",
            "this model has already been unloaded|cannot find a model with identifier"),
    UNLISTABLE_FORMAT(
            DomainFailure.Kind.UNLISTABLE_INSTANCE,
            "unload the instance of that format in LM Studio: lms cannot list anything while it is loaded",
            "unsupported model format"),
    IDENTIFIER_TAKEN(
            DomainFailure.Kind.IDENTIFIER_TAKEN,
            "choose another identifier, or unload the instance that carries it",
            "identifier[^\\n]{0,600}?(already|in use|taken|exists)"),
    OUT_OF_MEMORY_EXPECTED(
            DomainFailure.Kind.INSUFFICIENT_MEMORY,
            "unload something, choose a smaller model or context, or relax the guardrails in LM Studio's settings",
            "insufficient system resources"),
    MODEL_UNKNOWN(
            DomainFailure.Kind.MODEL_NOT_FOUND,
            "compare with `lms ls` or the catalogue",
            "model not found|cannot find a model with path|artifact [^\\n]{0,600}? not found|no models? found"),
    ENGINE_FAILED(
            DomainFailure.Kind.ENGINE_FAILED,
            "check LM Studio's log; exhausted memory often looks like this",
            "failed to load model|error loading model|unable to allocate|out of memory"
                    + "|crashed without additional information|\\(exit code: -?\\d+\\)"),
    DOWNLOAD_BROKE_OFF(
            DomainFailure.Kind.DOWNLOAD_BROKE_OFF,
            "the agent retries and resumes; check that this machine reaches LM Studio's catalogue",
            "download failed|download timed|failed to download|please try to resume"),
    CONNECTION_LOST(
            InfrastructureFailure.Kind.UNREACHABLE,
            "check that LM Studio runs",
            "websocket connection closed|websocket error|econnrefused|econnreset"),
    BAD_CALL(
            InfrastructureFailure.Kind.VERSION_MISMATCH,
            "this lms does not take the options of the operator: use a release that the operator supports",
            "error: option|error: unknown option|error: unknown command|error: too many arguments|error: missing required");

    @SuppressWarnings("ImmutableEnumChecker") // Every implementation of Kind is an enum.
    private final LmStudioFailure.Kind kind;

    private final String advice;
    private final Pattern pattern;

    LmsErrorPattern(LmStudioFailure.Kind kind, String advice, String pattern) {
        this.kind = kind;
        this.advice = advice;
        this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    static Optional<LmsErrorPattern> in(String stderr) {
        return Stream.of(values()).filter(error -> error.isIn(stderr)).findFirst();
    }

    /** Returns the error that makes {@code lms} wait forever, if stderr contains one. */
    static Optional<LmsErrorPattern> hopelessIn(String stderr) {
        return Stream.of(VERSIONS_DIFFER, ASKS_A_PERSON)
                .filter(error -> error.isIn(stderr))
                .findFirst();
    }

    boolean isIn(String stderr) {
        return pattern.matcher(stderr).find();
    }

    /** Returns the failure with a description of the error and the advice. */
    LmStudioFailure failure(String whatHappened) {
        return kind.failure(whatHappened + " — " + advice);
    }
}
