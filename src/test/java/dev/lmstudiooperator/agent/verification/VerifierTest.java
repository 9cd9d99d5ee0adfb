package dev.lmstudiooperator.agent.verification;

import static dev.lmstudiooperator.agent.verification.Evidence.LISTED;
import static dev.lmstudiooperator.agent.verification.Evidence.NOW;
import static dev.lmstudiooperator.agent.verification.Evidence.api;
import static dev.lmstudiooperator.agent.verification.Evidence.desired;
import static dev.lmstudiooperator.agent.verification.Evidence.instance;
import static dev.lmstudiooperator.agent.verification.Evidence.observation;
import static dev.lmstudiooperator.agent.verification.Evidence.ps;
import static dev.lmstudiooperator.agent.verification.Evidence.served;
import static dev.lmstudiooperator.agent.verification.Evidence.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Tests the outcome of a check, given the results of the two sources. */
class VerifierTest {

    private static final Duration LATENCY = Duration.ofMillis(120);
    private static final String INFERENCE = "mode: Inference, timeoutSeconds: 7";
    private static final Observation SERVED = observation(ps(LISTED), api(served("qwen", "chat", 4096)));
    private static final Observation UNLISTED_BY_API = observation(ps(LISTED), api());

    private final List<String> questions = new ArrayList<>();
    private Instant now = NOW;

    @Test
    void twoSourcesVerifyAnInstance() throws InterruptedException {
        VerificationOutcome check = check("", SERVED, null);

        assertThat(check.result()).isEqualTo(VerificationResult.PASSED);
        assertThat(check.reason()).isEqualTo(Reason.VERIFIED);
        assertThat(check.mode()).isEqualTo(VerificationMode.SERVED);
        assertThat(check.at()).isEqualTo(NOW);
        assertThat(check.latency()).isNull();
        assertThat(check.message()).isEqualTo("qwen is served as chat");
        assertThat(check.cli()).contains("lms ps lists chat");
        assertThat(check.api()).contains("The HTTP API lists chat");
        assertThat(questions).isEmpty();
    }

    @Test
    void contradictionOutweighsAMissingResult() throws InterruptedException {
        assertThat(check("", observation(ps(), unknown(Kind.UNREACHABLE)), null))
                .extracting(VerificationOutcome::result, VerificationOutcome::reason, VerificationOutcome::message)
                .containsExactly(VerificationResult.FAILED, Reason.VERIFICATION_FAILED, "lms ps does not list chat");
        assertThat(check("", observation(unknown(Kind.UNREACHABLE), api()), null))
                .extracting(VerificationOutcome::result, VerificationOutcome::message)
                .containsExactly(
                        VerificationResult.FAILED, "The HTTP API does not list chat as a loaded instance of qwen");
    }

    @Test
    void contradictionOutweighsApproval() throws InterruptedException {
        assertThat(check("", UNLISTED_BY_API, null).result()).isEqualTo(VerificationResult.FAILED);
        assertThat(check("", observation(ps(), api(served("qwen", "chat", 4096))), null)
                        .result())
                .isEqualTo(VerificationResult.FAILED);
    }

    @Test
    void missingResultOutweighsAPass() throws InterruptedException {
        assertThat(check("", observation(unknown(Kind.TIMED_OUT), api(served("qwen", "chat", 4096))), null))
                .extracting(VerificationOutcome::result, VerificationOutcome::reason)
                .containsExactly(VerificationResult.UNKNOWN, Reason.TIMED_OUT);
        assertThat(check("", observation(ps(LISTED), unknown(Kind.UNREACHABLE)), null))
                .extracting(VerificationOutcome::result, VerificationOutcome::reason)
                .containsExactly(VerificationResult.UNKNOWN, Reason.SERVER_NOT_RUNNING);
    }

    @Test
    void cliGivesTheReasonWhenBothSourcesAreUnavailable() throws InterruptedException {
        assertThat(check("", observation(unknown(Kind.VERSION_MISMATCH), unknown(Kind.UNREACHABLE)), null))
                .extracting(VerificationOutcome::result, VerificationOutcome::reason)
                .containsExactly(VerificationResult.UNKNOWN, Reason.VERSION_MISMATCH);
    }

    @Test
    void answerVerifiesAChatModel() throws InterruptedException {
        VerificationOutcome check = check(INFERENCE, SERVED, null);

        assertThat(check.result()).isEqualTo(VerificationResult.PASSED);
        assertThat(check.mode()).isEqualTo(VerificationMode.INFERENCE);
        assertThat(check.latency()).isEqualTo(LATENCY);
        assertThat(check.at()).isEqualTo(NOW.plus(LATENCY));
        assertThat(check.api()).contains("answered a request to chat");
        assertThat(questions).containsExactly("chat LLM PT7S");
    }

    @Test
    void embeddingModelIsAskedForAVector() throws InterruptedException {
        check(
                INFERENCE,
                observation(ps(instance("qwen", ModelType.EMBEDDING, null)), api(served("qwen", "chat", 4096))),
                null);

        assertThat(questions).containsExactly("chat EMBEDDING PT7S");
    }

    /** LM Studio would load the model itself, with its own settings. */
    @Test
    void whatIsNotListedByBothIsNotAsked() throws InterruptedException {
        assertThat(check(INFERENCE, UNLISTED_BY_API, null).result()).isEqualTo(VerificationResult.FAILED);
        assertThat(check(INFERENCE, observation(ps(), api(served("qwen", "chat", 4096))), null)
                        .result())
                .isEqualTo(VerificationResult.FAILED);
        assertThat(check(INFERENCE, observation(ps(LISTED), unknown(Kind.UNREACHABLE)), null)
                        .result())
                .isEqualTo(VerificationResult.UNKNOWN);

        assertThat(questions).isEmpty();
    }

    @Test
    void answerOfAnotherModelIsAContradiction() throws InterruptedException {
        VerificationOutcome check = check(INFERENCE, SERVED, null, () -> new InferenceReply("llama"));

        assertThat(check)
                .extracting(VerificationOutcome::result, VerificationOutcome::reason, VerificationOutcome::message)
                .containsExactly(
                        VerificationResult.FAILED,
                        Reason.VERIFICATION_FAILED,
                        "A request to chat was answered by llama");
        assertThat(check.latency()).isEqualTo(LATENCY);
    }

    @Test
    void answerThatDoesNotComeInTimeCountsAgainstTheInstance() throws InterruptedException {
        VerificationOutcome check =
                check(INFERENCE, SERVED, null, failing(new InfrastructureFailure(Kind.TIMED_OUT, "silence")));

        assertThat(check.result()).isEqualTo(VerificationResult.FAILED);
        assertThat(check.message()).isEqualTo("No answer within 7 s: silence");
        assertThat(check.failuresInARow()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "TIMED_OUT")
    void brokenWayToTheServerDoesNotCountAgainstTheInstance(Kind kind) throws InterruptedException {
        VerificationOutcome check =
                check(INFERENCE, SERVED, null, failing(new InfrastructureFailure(kind, "it is broken")));

        assertThat(check.result()).isEqualTo(VerificationResult.UNKNOWN);
        assertThat(check.message()).isEqualTo("it is broken");
        assertThat(check.failuresInARow()).isZero();
    }

    @Test
    void serverThatIsNotRunningIsReported() throws InterruptedException {
        assertThat(check(INFERENCE, SERVED, null, failing(new InfrastructureFailure(Kind.UNREACHABLE, "refused")))
                        .reason())
                .isEqualTo(Reason.SERVER_NOT_RUNNING);
    }

    @ParameterizedTest
    @EnumSource
    void answerThatLmStudioRefusesCountsAgainstTheInstance(DomainFailure.Kind kind) throws InterruptedException {
        VerificationOutcome check =
                check(INFERENCE, SERVED, null, failing(new DomainFailure(kind, "the engine is dead")));

        assertThat(check.result()).isEqualTo(VerificationResult.FAILED);
        assertThat(check.message()).isEqualTo("the engine is dead");
    }

    @Test
    void consecutiveFailuresAreCountedUntilAPass() throws InterruptedException {
        VerificationOutcome first = check("", UNLISTED_BY_API, null);
        VerificationOutcome second = check("", UNLISTED_BY_API, first);
        VerificationOutcome unclear = check("", observation(ps(LISTED), unknown(Kind.UNREACHABLE)), second);
        VerificationOutcome third = check("", UNLISTED_BY_API, unclear);
        VerificationOutcome proven = check("", SERVED, third);

        assertThat(List.of(first, second, unclear, third, proven))
                .extracting(VerificationOutcome::failuresInARow)
                .containsExactly(1, 2, 2, 3, 0);
    }

    @Test
    void missingResultAloneIsNoFailure() throws InterruptedException {
        assertThat(check("", observation(ps(LISTED), unknown(Kind.UNREACHABLE)), null)
                        .failuresInARow())
                .isZero();
    }

    @Test
    void interruptedQuestionIsNoTestimony() {
        assertThatThrownBy(() -> check(INFERENCE, SERVED, null, () -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(InterruptedException.class);
    }

    private VerificationOutcome check(
            String verification, Observation observation, @Nullable VerificationOutcome before)
            throws InterruptedException {
        return check(verification, observation, before, () -> new InferenceReply("chat"));
    }

    private VerificationOutcome check(
            String verification, Observation observation, @Nullable VerificationOutcome before, Reply reply)
            throws InterruptedException {
        return new Verifier(answering(reply), () -> now)
                .check(desired(verification), observation, new Verifier.Before(before, null, false), () -> observation);
    }

    private static Reply failing(LmStudioFailure failure) {
        return () -> {
            throw failure;
        };
    }

    /** Answers after a delay that the test sets. */
    private LmStudioApi answering(Reply reply) {
        return new LmStudioApi() {
            @Override
            public Set<String> loading() {
                return Set.of();
            }

            @Override
            public ApiModelList list() {
                throw new AssertionError("The verifier must use the given observation");
            }

            @Override
            public InferenceReply ask(String identifier, ModelType type, Duration timeout)
                    throws LmStudioFailure, InterruptedException {
                questions.add(identifier + " " + type + " " + timeout);
                now = now.plus(LATENCY);
                return reply.come();
            }
        };
    }

    private interface Reply {
        InferenceReply come() throws LmStudioFailure, InterruptedException;
    }
}
