package dev.lmstudiooperator.agent.verify;

import dev.lmstudiooperator.agent.plan.Check;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.Answer;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.ModelType;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Proves that an instance is served. It passes when no witness speaks against it and none is missing: the CLI's list,
 * the HTTP API's list, and, if the spec asks for it, a real answer. Nothing is asked of an instance that is not listed:
 * LM Studio would load the model by itself.
 */
public final class Verifier {

    private final LmStudioApi api;
    private final InstantSource clock;

    public Verifier(LmStudioApi api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    public Check check(Desired desired, Observation observation, @Nullable Check before) throws InterruptedException {
        Testimony cli = Witnesses.cli(desired, observation);
        Testimony listed = Witnesses.api(desired, observation);
        boolean areBothInFavour =
                cli.result() == VerificationResult.PASSED && listed.result() == VerificationResult.PASSED;
        if (!isAsking(desired, before) || !areBothInFavour) {
            return check(desired, cli, listed, null, before);
        }
        Instant askedAt = clock.instant();
        Testimony answered = answer(desired, observation);
        return check(desired, cli, answered, Duration.between(askedAt, clock.instant()), before);
    }

    /** A request resets the idle timer: asked again and again, a model that is to be let go would stay for ever. */
    private static boolean isAsking(Desired desired, @Nullable Check before) {
        boolean isProven = before != null && before.hasPassed();
        return switch (desired.verification().mode()) {
            case SERVED -> false;
            case INFERENCE -> !(desired.isTemporary() && isProven);
        };
    }

    private Testimony answer(Desired desired, Observation observation) throws InterruptedException {
        ModelType type = observation
                .instance(desired.identifier())
                .orElseThrow(() -> new IllegalStateException("Only a listed instance is asked"))
                .type();
        try {
            Answer answer =
                    api.ask(desired.identifier(), type, desired.verification().timeout());
            return answer.servedBy().equals(desired.identifier())
                    ? Testimony.inFavour("The HTTP API answered a request to " + desired.identifier())
                    : Testimony.against(
                            "A request to %s was answered by %s".formatted(desired.identifier(), answer.servedBy()));
        } catch (InfrastructureFailure failure) {
            // An answer that does not come is what a dead engine looks like; a server that is off is not.
            return failure.kind() == InfrastructureFailure.Kind.TIMED_OUT
                    ? Testimony.against("No answer within %d s: %s"
                            .formatted(desired.verification().timeout().toSeconds(), failure.explanation()))
                    : Testimony.missing(FailureReason.ofApi(failure), failure.explanation());
        } catch (LmStudioFailure failure) {
            return Testimony.against(failure.explanation());
        }
    }

    private Check check(
            Desired desired, Testimony cli, Testimony api, @Nullable Duration latency, @Nullable Check before) {
        Testimony decisive = decisive(cli, api);
        int failuresBefore = before == null ? 0 : before.failuresInARow();
        int failures =
                switch (decisive.result()) {
                    case PASSED -> 0;
                    // While lms is silent, nothing is reloaded.
                    case FAILED -> cli.result() == VerificationResult.UNKNOWN ? failuresBefore : failuresBefore + 1;
                    case UNKNOWN -> failuresBefore;
                };
        String message = decisive.result() == VerificationResult.PASSED
                ? "%s is served as %s".formatted(desired.modelKey(), desired.identifier())
                : decisive.statement();
        return new Check(
                decisive.result(),
                decisive.reason(),
                desired.verification().mode(),
                clock.instant(),
                cli.statement(),
                api.statement(),
                latency,
                message,
                failures);
    }

    /** A contradiction outweighs silence, and silence outweighs approval. */
    private static Testimony decisive(Testimony cli, Testimony api) {
        return Stream.of(VerificationResult.FAILED, VerificationResult.UNKNOWN)
                .flatMap(result -> Stream.of(cli, api).filter(testimony -> testimony.result() == result))
                .findFirst()
                .orElse(api);
    }
}
