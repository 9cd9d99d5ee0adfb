package dev.lmstudiooperator.agent.verification;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.agent.verification.Evidence.LISTED;
import static dev.lmstudiooperator.agent.verification.Evidence.NOW;
import static dev.lmstudiooperator.agent.verification.Evidence.api;
import static dev.lmstudiooperator.agent.verification.Evidence.desired;
import static dev.lmstudiooperator.agent.verification.Evidence.observation;
import static dev.lmstudiooperator.agent.verification.Evidence.ps;
import static dev.lmstudiooperator.agent.verification.Evidence.served;
import static dev.lmstudiooperator.agent.verification.Evidence.spec;
import static dev.lmstudiooperator.agent.verification.Evidence.unknown;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the effect of an earlier check, of unanswered requests, and of a busy instance. */
class StandingVerificationTest {

    private static final String INFERENCE = "verification: {mode: Inference, timeoutSeconds: 7}";
    private static final Reading<ApiModelList> SERVED = api(served("qwen", "chat", 4096));
    private static final Observation IDLE = observation(ps(LISTED), SERVED);
    private static final Observation BUSY = observation(ps(busy(LISTED)), SERVED);
    private static final Observation UNLISTABLE = observation(
            new Reading.Unknown<>(new DomainFailure(DomainFailure.Kind.UNLISTABLE_INSTANCE, "it is broken"), NOW),
            SERVED);
    private static final Verifier.Before NOTHING = new Verifier.Before(null, null, false);

    private final List<String> questions = new ArrayList<>();
    private @Nullable LmStudioFailure failure;

    @Test
    void instanceThatLmsCannotListNeedsAnEarlierVerification() throws InterruptedException {
        assertThat(check("", UNLISTABLE, NOTHING).reason()).isEqualTo(Reason.UNREADABLE_OUTPUT);
        assertThat(check("", UNLISTABLE, after(failed())).result()).isEqualTo(VerificationResult.UNKNOWN);
        assertThat(check("", UNLISTABLE, after(passed())).result()).isEqualTo(VerificationResult.PASSED);
    }

    @Test
    void verificationOfAnEarlierProcessStands() throws InterruptedException {
        VerificationOutcome check = check("", UNLISTABLE, new Verifier.Before(null, null, true));

        assertThat(check.result()).isEqualTo(VerificationResult.PASSED);
        assertThat(check.cli())
                .isEqualTo("lms ps cannot list any instance; the last verification stands: it is broken");
    }

    @Test
    void verificationThatStoodAtTheLastCheckStillStands() throws InterruptedException {
        VerificationOutcome last = check(INFERENCE, BUSY, after(passed()));

        assertThat(last.isEarlierValid()).isTrue();
        assertThat(check("", UNLISTABLE, after(last), IDLE).result()).isEqualTo(VerificationResult.PASSED);
    }

    /** Only an unlistable instance excuses a failed {@code lms ps}. */
    @Test
    void verificationDoesNotStandWhenLmsIsUnavailable() throws InterruptedException {
        assertThat(check("", observation(unknown(Kind.UNREACHABLE), SERVED), after(passed())))
                .extracting(VerificationOutcome::result, VerificationOutcome::reason)
                .containsExactly(VerificationResult.UNKNOWN, Reason.LM_STUDIO_UNREACHABLE);
    }

    @Test
    void contradictionOfTheApiIsNotCountedWhileLmsIsUnavailable() throws InterruptedException {
        VerificationOutcome check = check("", observation(unknown(Kind.UNREACHABLE), api()), after(failed()));

        assertThat(check.result()).isEqualTo(VerificationResult.FAILED);
        assertThat(check.failuresInARow()).isEqualTo(1);
    }

    @Test
    void instanceWhoseModelIsLoadingIsNotVerifiedYet() throws InterruptedException {
        assertThat(check("", loading("qwen"), NOTHING))
                .extracting(VerificationOutcome::result, VerificationOutcome::reason, VerificationOutcome::message)
                .containsExactly(VerificationResult.UNKNOWN, Reason.LOADING, "LM Studio is still loading qwen");
    }

    @Test
    void loadOfAnotherModelOrOfASecondCopyDoesNotMatter() throws InterruptedException {
        assertThat(check("", loading("llama"), NOTHING).result()).isEqualTo(VerificationResult.PASSED);
        assertThat(check("", loading("qwen"), after(passed())).result()).isEqualTo(VerificationResult.PASSED);
    }

    /** A request resets the idle timer. The model must expire when clients no longer use it. */
    @Test
    void temporaryInstanceIsAskedUntilItAnswers() throws InterruptedException {
        String temporary = "retention: Temporary, ttlSeconds: 600, " + INFERENCE;

        VerificationOutcome first = check(temporary, IDLE, NOTHING);
        check(temporary, IDLE, after(first));

        assertThat(questions).containsExactly("chat LLM PT7S");
    }

    @Test
    void temporaryInstanceIsAskedAgainAfterAFailedCheck() throws InterruptedException {
        check("retention: Temporary, ttlSeconds: 600, " + INFERENCE, IDLE, after(failed()));

        assertThat(questions).hasSize(1);
    }

    @Test
    void keptInstanceIsAskedEachTime() throws InterruptedException {
        check(INFERENCE, IDLE, after(check(INFERENCE, IDLE, NOTHING)));

        assertThat(questions).hasSize(2);
    }

    @Test
    void instanceThatOwesAnAnswerIsAskedUntilItGivesOne() throws InterruptedException {
        failure = new InfrastructureFailure(Kind.TIMED_OUT, "silence");
        VerificationOutcome unanswered = check(INFERENCE, IDLE, NOTHING);
        failure = null;
        VerificationOutcome answered = check("", IDLE, after(unanswered));

        assertThat(unanswered.isAnswerOwed()).isTrue();
        assertThat(answered.isAnswerOwed()).isFalse();
        assertThat(answered.result()).isEqualTo(VerificationResult.PASSED);
        assertThat(questions).hasSize(2);
    }

    @Test
    void answerIsOwedWhileTheInstanceIsNotListed() throws InterruptedException {
        failure = new InfrastructureFailure(Kind.TIMED_OUT, "silence");
        VerificationOutcome unanswered = check(INFERENCE, IDLE, NOTHING);

        VerificationOutcome unlisted = check("", observation(ps(LISTED), api()), after(unanswered));

        assertThat(unlisted.isAnswerOwed()).isTrue();
        assertThat(unlisted.latency()).isNull();
    }

    @Test
    void failedCheckWithoutARequestOwesNoAnswer() throws InterruptedException {
        assertThat(check("", observation(ps(LISTED), api()), NOTHING).isAnswerOwed())
                .isFalse();
        assertThat(check("", observation(ps(LISTED), api()), after(failed())).isAnswerOwed())
                .isFalse();
    }

    @Test
    void renewalThatWasNotAnsweredIsNotRepeated() throws InterruptedException {
        LmStudioFailure silence = new InfrastructureFailure(Kind.TIMED_OUT, "silence");

        VerificationOutcome check = check("", IDLE, new Verifier.Before(passed(), silence, false));

        assertThat(check.result()).isEqualTo(VerificationResult.FAILED);
        assertThat(check.isAnswerOwed()).isTrue();
        assertThat(questions).isEmpty();
    }

    @Test
    void renewalThatLmStudioRefusedCountsAgainstTheInstance() throws InterruptedException {
        LmStudioFailure refusal = new DomainFailure(DomainFailure.Kind.ENGINE_FAILED, "the engine is dead");

        assertThat(check("", IDLE, new Verifier.Before(passed(), refusal, false)))
                .extracting(VerificationOutcome::result, VerificationOutcome::message)
                .containsExactly(VerificationResult.FAILED, "the engine is dead");
    }

    @Test
    void busyInstanceIsNotAsked() throws InterruptedException {
        VerificationOutcome check = check(INFERENCE, BUSY, NOTHING);

        assertThat(check)
                .extracting(VerificationOutcome::result, VerificationOutcome::reason, VerificationOutcome::message)
                .containsExactly(VerificationResult.UNKNOWN, Reason.BUSY, "chat is busy; a request would have to wait");
        assertThat(check.isEarlierValid()).isFalse();
        assertThat(questions).isEmpty();
    }

    @Test
    void verificationOfABusyInstanceStands() throws InterruptedException {
        VerificationOutcome check = check(INFERENCE, BUSY, after(passed()));

        assertThat(check.result()).isEqualTo(VerificationResult.UNKNOWN);
        assertThat(check.message()).isEqualTo("qwen is served as chat");
        assertThat(check.isEarlierValid()).isTrue();
    }

    @Test
    void instanceThatIsBusyAfterwardsMayAnswerLate() throws InterruptedException {
        failure = new InfrastructureFailure(Kind.TIMED_OUT, "silence");

        assertThat(check(INFERENCE, IDLE, NOTHING, BUSY))
                .extracting(VerificationOutcome::result, VerificationOutcome::reason)
                .containsExactly(VerificationResult.UNKNOWN, Reason.BUSY);
    }

    @Test
    void missingAnswerIsInconclusiveWhenLmsIsUnavailableAfterwards() throws InterruptedException {
        failure = new InfrastructureFailure(Kind.TIMED_OUT, "silence");

        assertThat(check(INFERENCE, IDLE, NOTHING, observation(unknown(Kind.UNREACHABLE), SERVED)))
                .extracting(VerificationOutcome::result, VerificationOutcome::reason, VerificationOutcome::message)
                .containsExactly(
                        VerificationResult.UNKNOWN,
                        Reason.LM_STUDIO_UNREACHABLE,
                        "No answer, and lms ps failed: it is broken");
    }

    /** For other failures it is irrelevant whether the instance is idle. */
    @Test
    void failedConnectionToTheServerCausesNoSecondObservation() throws InterruptedException {
        failure = new InfrastructureFailure(Kind.UNREACHABLE, "refused");

        assertThat(check(INFERENCE, IDLE, NOTHING, BUSY).reason()).isEqualTo(Reason.SERVER_NOT_RUNNING);
    }

    /** The agent reads its type from the next list. */
    @Test
    void unlistableInstanceIsAskedWhenTheNextListHasIt() throws InterruptedException {
        VerificationOutcome check = check(INFERENCE, UNLISTABLE, after(passed()), IDLE);

        assertThat(check.result()).isEqualTo(VerificationResult.PASSED);
        assertThat(questions).containsExactly("chat LLM PT7S");
    }

    @Test
    void instanceOfUnknownTypeIsNotAsked() throws InterruptedException {
        VerificationOutcome check = check(INFERENCE, UNLISTABLE, after(passed()), UNLISTABLE);

        assertThat(check)
                .extracting(VerificationOutcome::result, VerificationOutcome::reason, VerificationOutcome::message)
                .containsExactly(
                        VerificationResult.UNKNOWN, Reason.OBSERVING, "lms ps does not report the kind of the model");
        assertThat(questions).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "load: {contextLength: 4096}"})
    void contextAsAskedForIsNotMentioned(String load) throws InterruptedException {
        assertThat(check(load, IDLE, NOTHING).message()).isEqualTo("qwen is served as chat");
    }

    @Test
    void moreContextThanAskedForIsMentioned() throws InterruptedException {
        assertThat(check("load: {contextLength: 2048}", IDLE, NOTHING).message())
                .isEqualTo("qwen is served as chat, with a context of 4096 tokens instead of 2048");
    }

    private static Observation loading(String modelKey) {
        return anObservation(NOW)
                .loaded(LISTED)
                .served(SERVED)
                .loadingAt(NOW, modelKey)
                .build();
    }

    private static Instance busy(Instance instance) {
        return copy(copy(instance, "activity", Activity.GENERATING), "queued", 1);
    }

    private static Verifier.Before after(VerificationOutcome last) {
        return new Verifier.Before(last, null, false);
    }

    private static VerificationOutcome passed() {
        return last(VerificationResult.PASSED, Reason.VERIFIED, 0);
    }

    private static VerificationOutcome failed() {
        return last(VerificationResult.FAILED, Reason.VERIFICATION_FAILED, 1);
    }

    private static VerificationOutcome last(VerificationResult result, Reason reason, int failures) {
        return new VerificationOutcome(
                result, reason, VerificationMode.SERVED, NOW, "", "", null, "", failures, false, false);
    }

    private VerificationOutcome check(String spec, Observation observation, Verifier.Before before)
            throws InterruptedException {
        return check(spec, observation, before, observation);
    }

    private VerificationOutcome check(
            String spec, Observation observation, Verifier.Before before, Observation afterwards)
            throws InterruptedException {
        Desired desired = spec.isEmpty() ? desired("") : spec(spec);
        return new Verifier(lmStudio(), () -> NOW).check(desired, observation, before, () -> afterwards);
    }

    private LmStudioApi lmStudio() {
        return new LmStudioApi() {
            @Override
            public Set<String> loading() {
                throw new AssertionError("The verifier must use the given observation");
            }

            @Override
            public ApiModelList list() {
                throw new AssertionError("The verifier must use the given observation");
            }

            @Override
            public InferenceReply ask(String identifier, ModelType type, Duration timeout) throws LmStudioFailure {
                questions.add(identifier + " " + type + " " + timeout);
                if (failure != null) {
                    throw failure;
                }
                return new InferenceReply(identifier);
            }
        };
    }
}
