package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.CircuitBreaker;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The agent stops calling an {@code lms} that keeps failing for a while, and continues its other work. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_RETRY_DELAY=50ms",
    "LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_FAILURE_THRESHOLD=5",
    "LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_DELAY=6s",
    "LMSTUDIO_OPERATOR_LMS_READ_TIMEOUT=5s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class BreakerIT {

    private static final String OPEN = "CircuitBreakerOpen";
    private static final Pattern NEXT_TRIAL = Pattern.compile("Next attempt at (\\S+)\\. ");
    private static final Duration DELAY = Duration.ofSeconds(6);

    private final OperatorFixture fixture;

    BreakerIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    @FailureScenario(Category.BREAKER)
    void fiveConsecutiveFailuresOpenItAndTheStatusHasTheTimeOfTheNextAttempt() {
        long before = givenBrokenLms();
        fixture.apply("unknown", LLAMA_VERIFIED_OFTEN);

        ManagedModel reported = fixture.awaitUnknown("unknown", OPEN);

        assertThat(AppliedModels.message(reported)).contains("Last failure: lms", "was ended by signal 9");
        Instant trialAt = trialAt(reported);
        assertThat(callsSince(before))
                .filteredOn(call -> call.startedAt().isBefore(opened(trialAt)))
                .hasSize(5);
        assertThat(awaitNode(CircuitBreaker.OPEN).getStatus().conditions())
                .anySatisfy(ready -> assertThat(ready.getReason()).isEqualTo(OPEN));
        fixture.nodes().awaitEvent(fixture.nodeName(), OPEN);
        assertThat(fixture.journal().calls("load")).isEmpty();
    }

    @Test
    @FailureScenario(Category.BREAKER)
    void modelAppliedWhileItIsOpenReportsItWithoutACall() {
        long before = givenBrokenLms();
        Instant trialAt = givenOpenFor("first");

        fixture.apply("second", LLAMA_VERIFIED_OFTEN);
        ManagedModel reported = fixture.awaitReason("second", OPEN);

        assertThat(trialAt(reported)).isAfterOrEqualTo(trialAt);
        assertThat(callsSince(before))
                .filteredOn(call -> !call.startedAt().isBefore(opened(trialAt)))
                .allSatisfy(trial -> assertThat(trial.startedAt()).isAfterOrEqualTo(trialAt));
    }

    @Test
    @FailureScenario(Category.BREAKER)
    void oneCallThatSucceedsClosesIt() {
        long before = givenBrokenLms();
        Instant trialAt = givenOpenFor("recovering");
        fixture.lmStudio().revokeFaults();

        fixture.awaitReady("recovering");

        awaitNode(CircuitBreaker.CLOSED);
        List<JournalEntry> later = callsSince(before).stream()
                .filter(call -> !call.startedAt().isBefore(trialAt))
                .toList();
        assertThat(later.getFirst().argv()).startsWith("ps");
        assertThat(later.getFirst().exit()).contains(0);
        assertThat(fixture.journal().loadsOf("recovering")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.BREAKER)
    void onlyTheTrialCallIsMadeDuringTheTrial() {
        long before = givenBrokenLms();
        Instant trialAt = givenOpenFor("waiting");
        fixture.lmStudio().revokeFaults();
        fixture.lmStudio().fault(Fault.on("cli", "hang").once());
        eventually("the trial hangs", () -> callsSince(before), calls -> calls.stream()
                .anyMatch(call -> call.waitsFor().isPresent()));

        for (int i = 0; i < 5; i++) {
            fixture.apply("crowd-" + i, LLAMA_VERIFIED_OFTEN);
            fixture.awaitReason("crowd-" + i, OPEN);
        }

        List<JournalEntry> trials = callsSince(before).stream()
                .filter(call -> !call.startedAt().isBefore(trialAt))
                .filter(call -> call.startedAt().isBefore(trialAt.plus(DELAY)))
                .toList();
        assertThat(trials).hasSize(1);
        fixture.awaitReady("waiting");
        assertThat(fixture.journal().loadsOf("waiting")).containsExactly("loaded");
    }

    @Test
    @FailureScenario(Category.BREAKER)
    void trialThatFailsOpensItAgainAndIsNotRetried() {
        long before = givenBrokenLms();
        Instant trialAt = givenOpenFor("unlucky");

        ManagedModel again = fixture.await(
                "unlucky",
                "reports the trial after the next",
                model -> OPEN.equals(AppliedModels.reason(model))
                        && trialAt(model).isAfter(trialAt));

        assertThat(trialAt(again)).isAfterOrEqualTo(trialAt.plus(DELAY));
        assertThat(callsSince(before))
                .filteredOn(call -> call.startedAt().isBefore(opened(trialAt(again))))
                .hasSize(6);
        assertThat(fixture.journal().calls("load")).isEmpty();
    }

    @Test
    @FailureScenario(Category.BREAKER)
    void whileItIsOpenTheHttpApiRenewsLoadedModelsAndShowsEvictions() {
        fixture.applyAndAwaitReady("kept", LLAMA_VERIFIED_OFTEN + ", ttlSeconds: 30");
        long before = givenBrokenLms();
        fixture.awaitReason("kept", OPEN);

        eventually("the model is renewed", () -> requestsSince(before), count -> count >= 1);
        assertThat(AppliedModels.condition(fixture.resource("kept").get(), "Available"))
                .isEqualTo("Unknown");

        fixture.lmStudio().evict("kept");
        ManagedModel gone = fixture.await(
                "kept", "is not available", model -> "False".equals(AppliedModels.condition(model, "Available")));
        assertThat(AppliedModels.condition(gone, "Ready")).isEqualTo("Unknown");
        fixture.lmStudio().revokeFaults();
        fixture.awaitReadyAfterLoads("kept", 2);
        assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded", "loaded");
    }

    /** The executable can be started; its process dies. Returns the number of the last journal entry before the fault. */
    private long givenBrokenLms() {
        awaitNode(CircuitBreaker.CLOSED);
        fixture.lmStudio().fault(Fault.on("cli", "signal").with("signal", "KILL"));
        return fixture.journal().lastSeq();
    }

    /** Applies a model that reports the open circuit breaker. Returns the time of the next trial. */
    private Instant givenOpenFor(String name) {
        fixture.apply(name, LLAMA_VERIFIED_OFTEN);
        return trialAt(fixture.awaitReason(name, OPEN));
    }

    private List<JournalEntry> callsSince(long before) {
        return fixture.journal().calls().stream()
                .filter(call -> call.seq() > before)
                .toList();
    }

    private long requestsSince(long before) {
        return fixture.journal().http().stream()
                .filter(request -> request.seq() > before && request.request().startsWith("POST"))
                .count();
    }

    private LMStudioNode awaitNode(CircuitBreaker circuitBreaker) {
        return fixture.awaitNode(
                "has the circuit breaker " + circuitBreaker,
                node -> circuitBreaker == node.getStatus().circuitBreaker());
    }

    /** The status reports times in whole seconds. */
    private static Instant opened(Instant trialAt) {
        return trialAt.minus(DELAY).plusSeconds(1);
    }

    private static Instant trialAt(ManagedModel model) {
        Matcher reported = NEXT_TRIAL.matcher(AppliedModels.message(model));
        assertThat(reported.find()).as(AppliedModels.message(model)).isTrue();
        return Instant.parse(reported.group(1));
    }
}
