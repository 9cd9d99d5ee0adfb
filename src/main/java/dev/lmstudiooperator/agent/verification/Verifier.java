package dev.lmstudiooperator.agent.verification;

import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.verification.InstanceChecks.CheckResult;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that an instance is served. The verification passes when the CLI and the HTTP API both list the instance
 * and, if the spec requires it, the model answers a request. The verifier sends no request to an instance that is not
 * listed, because LM Studio would load the model itself (just-in-time loading).
 */
public final class Verifier {

    private final LmStudioApi api;
    private final InstantSource clock;

    public Verifier(LmStudioApi api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /**
     * The state before a check.
     *
     * @param check the previous check; null when there was none since the load
     * @param renewalFailure why a recent renewal was not answered, which replaces a new request; null if there is no
     *     such failure
     * @param isEarlierValid whether a verification by an earlier process or by the previous check is still valid
     */
    public record Before(
            @Nullable VerificationOutcome check, @Nullable LmStudioFailure renewalFailure, boolean isEarlierValid) {}

    /**
     * Verifies the instance.
     *
     * @param refresh refreshes the observation; a busy instance distinguishes a slow answer from a dead engine
     */
    public VerificationOutcome check(
            Desired desired, Observation observation, Before before, Supplier<Observation> refresh)
            throws InterruptedException {
        VerificationOutcome last = before.check();
        boolean isEarlierValid =
                before.isEarlierValid() || (last != null && (last.hasPassed() || last.isEarlierValid()));
        CheckResult cli = InstanceChecks.cli(desired, observation, isEarlierValid);
        CheckResult api = InstanceChecks.api(desired, observation, isEarlierValid);
        Duration latency = null;
        boolean areBothInFavour =
                cli.result() == VerificationResult.PASSED && api.result() == VerificationResult.PASSED;
        if (areBothInFavour && (isRequestNeeded(desired, last) || before.renewalFailure() != null)) {
            Instant askedAt = clock.instant();
            api = before.renewalFailure() == null
                    ? answer(desired, observation, refresh)
                    : unanswered(desired, before.renewalFailure(), observation);
            latency = Duration.between(askedAt, clock.instant());
        }
        return outcome(desired, observation, cli, api, latency, last, isEarlierValid);
    }

    /** A request resets the idle timer. Repeated requests would prevent the expiry of a temporary model. */
    private static boolean isRequestNeeded(Desired desired, @Nullable VerificationOutcome before) {
        boolean isVerified = before != null && before.hasPassed();
        boolean isAnswerOwed = before != null && before.isAnswerOwed();
        return isAnswerOwed
                || switch (desired.verification().mode()) {
                    case SERVED -> false;
                    case INFERENCE -> !(desired.isTemporary() && isVerified);
                };
    }

    private CheckResult answer(Desired desired, Observation observation, Supplier<Observation> refresh)
            throws InterruptedException {
        Instance instance = observation
                .instance(desired.identifier())
                .or(() -> refresh.get().instance(desired.identifier()))
                .orElse(null);
        if (instance == null) {
            return CheckResult.missing(Reason.OBSERVING, "lms ps does not report the kind of the model");
        }
        if (instance.isBusy()) {
            return busy(instance);
        }
        try {
            InferenceReply answer = api.ask(
                    desired.identifier(),
                    instance.type(),
                    desired.verification().timeout());
            return answer.servedBy().equals(desired.identifier())
                    ? CheckResult.inFavour("The HTTP API answered a request to " + desired.identifier())
                    : CheckResult.against(
                            "A request to %s was answered by %s".formatted(desired.identifier(), answer.servedBy()));
        } catch (InfrastructureFailure failure) {
            boolean isLate = failure.kind() == InfrastructureFailure.Kind.TIMED_OUT;
            return unanswered(desired, failure, isLate ? refresh.get() : observation);
        } catch (LmStudioFailure failure) {
            return CheckResult.against(failure.explanation());
        }
    }

    /** Dead and busy engines fail to answer in the same way. Only whether the instance is idle distinguishes them. */
    private static CheckResult unanswered(Desired desired, LmStudioFailure failure, Observation afterwards) {
        if (!(failure instanceof InfrastructureFailure infrastructure)) {
            return CheckResult.against(failure.explanation());
        }
        if (infrastructure.kind() != InfrastructureFailure.Kind.TIMED_OUT) {
            return CheckResult.missing(FailureReason.ofApi(failure), failure.explanation());
        }
        return switch (afterwards.loaded()) {
            case Reading.Unknown<List<Instance>> unknown ->
                CheckResult.missing(
                        FailureReason.of(unknown.why()),
                        "No answer, and lms ps failed: " + unknown.why().explanation());
            case Reading.Known<List<Instance>> known ->
                afterwards
                        .instance(desired.identifier())
                        .filter(Instance::isBusy)
                        .map(Verifier::busy)
                        .orElseGet(() -> CheckResult.against("No answer within %d s: %s"
                                .formatted(desired.verification().timeout().toSeconds(), failure.explanation())));
        };
    }

    private static CheckResult busy(Instance instance) {
        return CheckResult.missing(
                Reason.BUSY, "%s is busy; a request would have to wait".formatted(instance.identifier()));
    }

    private VerificationOutcome outcome(
            Desired desired,
            Observation observation,
            CheckResult cli,
            CheckResult api,
            @Nullable Duration latency,
            @Nullable VerificationOutcome before,
            boolean isEarlierValid) {
        CheckResult decisive = decisive(cli, api);
        int failuresBefore = before == null ? 0 : before.failuresInARow();
        int failures =
                switch (decisive.result()) {
                    case PASSED -> 0;
                    // No reload while lms does not answer.
                    case FAILED -> cli.result() == VerificationResult.UNKNOWN ? failuresBefore : failuresBefore + 1;
                    case UNKNOWN -> failuresBefore;
                };
        boolean isBusyButVerified = decisive.reason() == Reason.BUSY && isEarlierValid;
        boolean isServed = decisive.result() == VerificationResult.PASSED || isBusyButVerified;
        boolean isRequested = latency != null || (before != null && before.isAnswerOwed());
        return new VerificationOutcome(
                decisive.result(),
                decisive.reason(),
                desired.verification().mode(),
                clock.instant(),
                cli.statement(),
                api.statement(),
                latency,
                isServed ? served(desired, observation) : decisive.statement(),
                failures,
                isBusyButVerified,
                isRequested && decisive.result() != VerificationResult.PASSED);
    }

    private static String served(Desired desired, Observation observation) {
        String served = "%s is served as %s".formatted(desired.modelKey(), desired.identifier());
        return observation
                .instance(desired.identifier())
                .flatMap(instance -> Optional.ofNullable(desired.load().contextTokens(instance.maxContextLength()))
                        .filter(asked -> asked < instance.contextLength())
                        .map(asked -> "%s, with a context of %d tokens instead of %d"
                                .formatted(served, instance.contextLength(), asked)))
                .orElse(served);
    }

    /** A contradiction outweighs a missing answer, and a missing answer outweighs a confirmation. */
    private static CheckResult decisive(CheckResult cli, CheckResult api) {
        return Stream.of(VerificationResult.FAILED, VerificationResult.UNKNOWN)
                .flatMap(result -> Stream.of(cli, api).filter(check -> check.result() == result))
                .findFirst()
                .orElse(api);
    }
}
