package dev.lmstudiooperator.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that a plan can be printed as one line and parsed again. */
class PlanTest {

    private static final Outcome BASELINE = new Outcome(
            Plan.baseline(AgentScenario.CREATE),
            Duration.ZERO,
            0,
            new Outcome.Counts(7, 1, 5),
            "",
            true,
            List.of(),
            "");

    @Test
    void parsesTheTextOfAPlan() {
        Plan plan = new Plan(
                AgentScenario.RELOAD,
                List.of(
                        new FaultInjection(FaultType.CRASH_CALL_DIES, 2),
                        new FaultInjection(FaultType.CONFLICT_409, 11)),
                42);

        assertThat(plan).hasToString("scenario=reload faults=crash-call-dies@2+conflict-409@11 seed=42");
        assertThat(Plan.parse(plan.toString())).isEqualTo(plan);
    }

    @Test
    void scenariosHaveDifferentNames() {
        assertThat(Scenario.all()).extracting(Scenario::text).doesNotHaveDuplicates();
    }

    @Test
    void generatesNoFaultThatAControllerCannotHave() {
        Outcome baseline = new Outcome(
                Plan.baseline(ControllerScenario.SET_CREATE),
                Duration.ZERO,
                0,
                new Outcome.Counts(7, 1, 5),
                "",
                true,
                List.of(),
                "");
        PlanGenerator generator = new PlanGenerator(baseline);

        assertThat(Stream.concat(generator.someOfEach(Arrays.asList(FaultType.values()), 1, 1), generator.pairs(7, 50)))
                .flatMap(Plan::injections)
                .extracting(FaultInjection::type)
                .contains(FaultType.TAKEOVER)
                .isSubsetOf(FaultType.ofControllers());
    }

    @Test
    void parsesTheTextOfABaselinePlan() {
        Plan plan = Plan.baseline(AgentScenario.DELETE);

        assertThat(Plan.parse(plan.toString())).isEqualTo(plan);
    }

    @Test
    void generatesTheSamePairsFromTheSameSeed() {
        List<Plan> once = new PlanGenerator(BASELINE).pairs(7, 20).toList();
        List<Plan> again = new PlanGenerator(BASELINE).pairs(7, 20).toList();

        assertThat(once).isEqualTo(again).doesNotHaveDuplicates().allSatisfy(plan -> assertThat(plan.injections())
                .hasSize(2));
    }

    @Test
    void generatesNoPairWithTheSamePoint() {
        assertThat(new PlanGenerator(BASELINE).pairs(7, 200))
                .extracting(Plan::injections)
                .noneMatch(injections -> injections.getFirst().hasSamePointAs(injections.getLast()));
    }

    @Test
    void movesAFaultAtALaterPointToTheLastFreePoint() {
        Plan plan = Plan.parse("scenario=create faults=reset@9+conflict-409@11+call-lies@1 seed=3");

        assertThat(plan.within(BASELINE.counts()))
                .hasToString("scenario=create faults=reset@7+conflict-409@6+call-lies@1 seed=3");
    }

    @Test
    void outcomeWithoutItsFaultIsMissed() {
        Plan plan = Plan.of(AgentScenario.CREATE, FaultType.CALL_LIES, 1);
        Outcome outcome = new Outcome(plan, Duration.ZERO, 0, BASELINE.counts(), "", true, List.of(), "");

        assertThat(outcome.isMissed()).isTrue();
        assertThat(outcome.isGood()).isFalse();
    }

    @Test
    void generatesOnlyPointsOfTheBaselineRun() {
        assertThat(new PlanGenerator(BASELINE).someOfEach(Arrays.asList(FaultType.values()), 1, 3))
                .hasSizeGreaterThan(FaultType.values().length)
                .flatMap(Plan::injections)
                .allSatisfy(injection -> assertThat(injection.at())
                        .isBetween(1, BASELINE.counts().of(injection.type().point())));
    }
}
