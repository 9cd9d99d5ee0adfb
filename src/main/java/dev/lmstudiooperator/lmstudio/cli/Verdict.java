package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.ForeignText;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Operation;
import dev.lmstudiooperator.lmstudio.cli.process.Ending;
import dev.lmstudiooperator.lmstudio.cli.process.Finished;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Decides from the end of a process whether a call failed, and who can help. */
final class Verdict {

    /** Stack frames and lines of the client library, which say the same again for a programmer; a question to nobody. */
    private static final Pattern NOISE = Pattern.compile("\\s+at .*|\\[LMStudioClient].*|Bun v.*|\\s*\\(X\\) CAUSE"
            + "|Continue to download in the background\\?.*");

    private static final Pattern WARNING = Pattern.compile("[WD] .*");

    /**
     * A syntax error, not executable, not found: lms has no such codes. Java hands a file that the system cannot execute
     * to the shell, as a program for another machine is.
     */
    private static final Set<Integer> EXITS_OF_A_SHELL = Set.of(2, 126, 127);

    private Verdict() {}

    static Optional<LmStudioFailure> on(Operation operation, Finished finished) {
        return failure(operation, finished)
                .map(failure -> finished.unkilled().isEmpty() ? failure : withUnkilled(failure, finished.unkilled()));
    }

    private static Optional<LmStudioFailure> failure(Operation operation, Finished finished) {
        String name = operation.spoken();
        String stderr = ForeignText.withoutEscapes(finished.stderr());
        return switch (finished.ending()) {
            case Ending.Exited(int code) -> code == 0 ? Optional.empty() : Optional.of(exited(operation, code, stderr));
            case Ending.Died(int signal) ->
                Optional.of(new InfrastructureFailure(
                        Kind.KILLED,
                        "%s was ended by signal %d, which the operator did not send — see the kernel log for memory pressure"
                                .formatted(name, signal)));
            case Ending.TimedOut(var deadline) ->
                Optional.of(whyItHung(stderr)
                        .map(error -> error.failure(name + " hung: " + summary(stderr)))
                        .orElseGet(() -> new InfrastructureFailure(
                                Kind.TIMED_OUT,
                                "%s did not end within %s and was killed%s — see whether LM Studio still answers"
                                        .formatted(name, readable(deadline), saying(stderr)))));
            case Ending.GivenUp() ->
                Optional.of(KnownError.hopelessIn(stderr)
                        .orElse(KnownError.VERSIONS_DIFFER)
                        .failure(name + " would have waited for ever: " + summary(stderr)));
            case Ending.OutputTooLarge(long cap) ->
                Optional.of(new InfrastructureFailure(
                        Kind.UNREADABLE_OUTPUT,
                        "%s wrote more than %d bytes and was killed — see whether the configured executable is lms"
                                .formatted(name, cap)));
        };
    }

    private static LmStudioFailure exited(Operation operation, int code, String stderr) {
        String whatHappened = "%s failed (exit %d)%s".formatted(operation.spoken(), code, saying(stderr));
        return KnownError.in(stderr)
                .map(error -> error.failure(whatHappened))
                .orElseGet(() -> unknown(operation, code, stderr, whatHappened));
    }

    private static LmStudioFailure unknown(Operation operation, int code, String stderr, String whatHappened) {
        if (EXITS_OF_A_SHELL.contains(code)) {
            return new InfrastructureFailure(
                    Kind.CLI_NOT_USABLE,
                    whatHappened + " — see whether the configured executable is lms, and built for this machine");
        }
        // What LM Studio itself says about a change stays true when it is asked again at once.
        return operation.changes() && stderr.contains("Error: ")
                ? new DomainFailure(DomainFailure.Kind.REFUSED, whatHappened)
                : new InfrastructureFailure(Kind.UNKNOWN, whatHappened + " — try the same by hand");
    }

    private static Optional<KnownError> whyItHung(String stderr) {
        return KnownError.hopelessIn(stderr)
                .or(() -> KnownError.in(stderr).filter(error -> error == KnownError.KEY_REFUSED));
    }

    private static LmStudioFailure withUnkilled(LmStudioFailure failure, List<Long> unkilled) {
        String message = failure.explanation() + "; its processes " + unkilled + " outlived SIGKILL and may still act";
        return switch (failure) {
            case InfrastructureFailure infrastructure -> new InfrastructureFailure(infrastructure.kind(), message);
            case DomainFailure domain -> new DomainFailure(domain.kind(), message);
        };
    }

    private static String saying(String stderr) {
        String summary = summary(stderr);
        return summary.isEmpty() ? ", without a word" : ": " + summary;
    }

    /** The lines for people; warnings only when there is nothing else. */
    private static String summary(String stderr) {
        List<String> lines = stderr.lines()
                .filter(line ->
                        !line.isBlank() && !NOISE.matcher(line.stripTrailing()).matches())
                .toList();
        List<String> errors =
                lines.stream().filter(line -> !WARNING.matcher(line).matches()).toList();
        return ForeignText.clean((errors.isEmpty() ? lines : errors).stream().collect(Collectors.joining(" ")));
    }

    private static String readable(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
