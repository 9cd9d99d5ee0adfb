package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessResult;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessResult.ExitStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Determines from the result of a process whether a call failed, and who can resolve the failure. */
final class LmsResultClassifier {

    /** Stack frames, a prompt without a user to answer it, and advice about options that only the operator uses. */
    private static final Pattern NOISE = Pattern.compile("\\s+at .*|Bun v.*|\\s*\\(X\\) CAUSE"
            + "|Continue to download in the background\\?.*|To disable exact matching, remove the --exact flag\\."
            + "|Note, you need to provide the full model path\\..*|\\s+lms load --exact .*");

    /**
     * The prefix of lines from the client library. They mostly repeat the output of {@code lms}, but some causes appear
     * only there.
     */
    private static final Pattern CLIENT = Pattern.compile("\\[LMStudioClient](\\[[^]]*])*\\s*(WebSocket error: )?");

    private static final Pattern WARNING = Pattern.compile("[WD] .*");

    /**
     * Exit codes for a syntax error, for not executable and for not found. {@code lms} does not use them. If the system
     * cannot execute a file, for example a program for another machine, Java runs it with the shell.
     */
    private static final Set<Integer> EXITS_OF_A_SHELL = Set.of(2, 126, 127);

    private LmsResultClassifier() {}

    /** @param apiServerInfo the file in which LM Studio writes its port */
    static Optional<LmStudioFailure> on(Operation operation, ProcessResult finished, Path apiServerInfo) {
        return on(operation, finished).map(failure -> explain(failure, apiServerInfo));
    }

    static Optional<LmStudioFailure> on(Operation operation, ProcessResult finished) {
        if (finished.ending().equals(new ExitStatus.Exited(0))) {
            return Optional.empty();
        }
        LmStudioFailure failure = failure(operation, finished);
        return Optional.of(finished.unkilled().isEmpty() ? failure : withUnkilled(failure, finished.unkilled()));
    }

    private static LmStudioFailure failure(Operation operation, ProcessResult finished) {
        String name = operation.spoken();
        String stderr = TextSanitizer.withoutEscapes(finished.stderr());
        return switch (finished.ending()) {
            case ExitStatus.Exited(int code) -> exited(operation, code, stderr);
            case ExitStatus.Died(int signal) ->
                new InfrastructureFailure(
                        Kind.KILLED,
                        "%s was ended by signal %d, which the operator did not send — check the kernel log for memory pressure"
                                .formatted(name, signal));
            case ExitStatus.TimedOut(var deadline) ->
                whyItHung(stderr)
                        .map(error -> error.failure(name + " hung: " + summary(stderr)))
                        .orElseGet(() -> new InfrastructureFailure(
                                Kind.TIMED_OUT,
                                "%s did not end within %s and was killed%s — check that LM Studio answers"
                                        .formatted(name, LmStudioFailure.readable(deadline), detail(stderr))));
            case ExitStatus.GivenUp() ->
                LmsErrorPattern.hopelessIn(stderr)
                        .orElse(LmsErrorPattern.VERSIONS_DIFFER)
                        .failure(name + " would have waited forever: " + summary(stderr));
            case ExitStatus.OutputTooLarge(long cap) ->
                new InfrastructureFailure(
                        Kind.UNREADABLE_OUTPUT,
                        "%s wrote more than %d bytes and was killed — check that the configured executable is lms"
                                .formatted(name, cap));
        };
    }

    private static LmStudioFailure exited(Operation operation, int code, String stderr) {
        String whatHappened = "%s failed (exit %d)%s".formatted(operation.spoken(), code, detail(stderr));
        return LmsErrorPattern.in(stderr)
                .map(error -> error.failure(whatHappened))
                .orElseGet(() -> unknown(operation, code, stderr, whatHappened));
    }

    private static LmStudioFailure unknown(Operation operation, int code, String stderr, String whatHappened) {
        if (EXITS_OF_A_SHELL.contains(code)) {
            return new InfrastructureFailure(
                    Kind.CLI_NOT_USABLE,
                    whatHappened + " — check that the configured executable is lms, and built for this machine");
        }
        // When LM Studio itself refuses a mutating operation, an immediate retry gets the same result.
        return operation.changes() && stderr.contains("Error: ")
                ? new DomainFailure(DomainFailure.Kind.REFUSED, whatHappened)
                : new InfrastructureFailure(Kind.UNKNOWN, whatHappened + " — run the command manually");
    }

    private static Optional<LmsErrorPattern> whyItHung(String stderr) {
        return LmsErrorPattern.hopelessIn(stderr)
                .or(() -> LmsErrorPattern.in(stderr).filter(error -> error == LmsErrorPattern.KEY_REFUSED));
    }

    private static LmStudioFailure withUnkilled(LmStudioFailure failure, List<Long> unkilled) {
        return failure.kind()
                .failure(failure.explanation() + "; its processes " + unkilled + " outlived SIGKILL and may still act");
    }

    private static String detail(String stderr) {
        String summary = summary(stderr);
        return summary.isEmpty() ? ", without output" : ": " + summary;
    }

    /** Returns the lines that are useful to a reader. Includes warnings only if there are no other lines. */
    private static String summary(String stderr) {
        List<String> lines = stderr.lines()
                .filter(line ->
                        !line.isBlank() && !NOISE.matcher(line.stripTrailing()).matches())
                .toList();
        List<String> reported =
                lines.stream().filter(line -> !isOfTheClient(line)).toList();
        List<String> errors = reported.stream()
                .filter(line -> !WARNING.matcher(line).matches())
                .toList();
        List<String> forPeople = errors.isEmpty() ? reported : errors;
        return TextSanitizer.clean(
                Stream.concat(causes(lines, forPeople), forPeople.stream()).collect(Collectors.joining(" ")));
    }

    /**
     * Returns the lines of the client library to report: those with a cause that no other line names. If there are no
     * other lines, returns all of them.
     */
    private static Stream<String> causes(List<String> lines, List<String> others) {
        Optional<LmsErrorPattern> unnamed =
                LmsErrorPattern.in(String.join("\n", lines)).filter(error -> !error.isIn(String.join("\n", others)));
        return lines.stream()
                .filter(LmsResultClassifier::isOfTheClient)
                .filter(line -> others.isEmpty()
                        || unnamed.filter(error -> error.isIn(line)).isPresent())
                .map(line -> CLIENT.matcher(line).replaceFirst(""))
                .distinct();
    }

    private static boolean isOfTheClient(String line) {
        return CLIENT.matcher(line).lookingAt();
    }

    /**
     * Returns the failure, or the cause that the folder of the file reveals: whether this process can read the file in
     * which LM Studio writes its port. If {@code lms} cannot find the file, it reports only that LM Studio is not
     * running. The cause may instead be another home, a missing mount, or the permissions of another user.
     */
    static LmStudioFailure explain(LmStudioFailure failure, Path apiServerInfo) {
        if (!failure.is(Kind.UNREACHABLE)) {
            return failure;
        }
        Path folder = apiServerInfo.resolveSibling("");
        if (!Files.isDirectory(folder)) {
            return Kind.CLI_NOT_USABLE.failure(
                    "There is no folder %s, where LM Studio writes down its port and its key: start LM Studio once as the user of that home, mount the folder, or correct lmstudio-operator.lms.home"
                            .formatted(folder));
        }
        boolean isHidden =
                !Files.isExecutable(folder) || (Files.exists(apiServerInfo) && !Files.isReadable(apiServerInfo));
        return isHidden
                ? Kind.CLI_NOT_USABLE.failure(
                        "%s, which holds LM Studio's port, may not be read by this user: run the operator as the user who runs LM Studio"
                                .formatted(apiServerInfo))
                : failure;
    }
}
