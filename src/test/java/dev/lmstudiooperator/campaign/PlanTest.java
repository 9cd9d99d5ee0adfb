package dev.lmstudiooperator.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that a plan can be printed as one line and parsed again. */
class PlanTest {

    private static final Outcome UNDISTURBED = new Outcome(
            Plan.undisturbed(Scenario.CREATE), Duration.ZERO, 0, new Outcome.Counts(7, 1, 5), "", true, List.of(), "");

    @Test
    void lineOfAPlanGivesThePlan() {
        Plan plan = new Plan(
                Scenario.RELOAD,
                List.of(new Strike(Disturbance.CRASH_CALL_DIES, 2), new Strike(Disturbance.CONFLICT_409, 11)),
                42);

        assertThat(plan).hasToString("scenario=reload faults=crash-call-dies@2+conflict-409@11 seed=42");
        assertThat(Plan.parse(plan.toString())).isEqualTo(plan);
    }

    @Test
    void lineOfAnUndisturbedPlanGivesThePlan() {
        Plan plan = Plan.undisturbed(Scenario.DELETE);

        assertThat(Plan.parse(plan.toString())).isEqualTo(plan);
    }

    @Test
    void sameSeedDrawsTheSamePairs() {
        List<Plan> once = new PlanDrawer(UNDISTURBED).pairs(7, 20).toList();
        List<Plan> again = new PlanDrawer(UNDISTURBED).pairs(7, 20).toList();

        assertThat(once).isEqualTo(again).doesNotHaveDuplicates().allSatisfy(plan -> assertThat(plan.strikes())
                .hasSize(2));
    }

    @Test
    void noPairStrikesTheSamePointTwice() {
        assertThat(new PlanDrawer(UNDISTURBED).pairs(7, 200))
                .extracting(Plan::strikes)
                .noneMatch(strikes -> strikes.getFirst().isAtThePointOf(strikes.getLast()));
    }

    @Test
    void whatCameTooLateStrikesTheLastPointThatIsFree() {
        Plan plan = Plan.parse("scenario=create faults=reset@9+conflict-409@11+call-lies@1 seed=3");

        assertThat(plan.within(UNDISTURBED.counts()))
                .hasToString("scenario=create faults=reset@7+conflict-409@6+call-lies@1 seed=3");
    }

    @Test
    void planThatDidNotStrikeIsMissed() {
        Plan plan = Plan.of(Scenario.CREATE, Disturbance.CALL_LIES, 1);
        Outcome outcome = new Outcome(plan, Duration.ZERO, 0, UNDISTURBED.counts(), "", true, List.of(), "");

        assertThat(outcome.isMissed()).isTrue();
        assertThat(outcome.isGood()).isFalse();
    }

    @Test
    void noPlanStrikesWhatTheUndisturbedRunDoesNotHave() {
        assertThat(new PlanDrawer(UNDISTURBED).someOfEach(Arrays.asList(Disturbance.values()), 1, 3))
                .hasSizeGreaterThan(Disturbance.values().length)
                .flatMap(Plan::strikes)
                .allSatisfy(strike -> assertThat(strike.at())
                        .isBetween(
                                1, UNDISTURBED.counts().of(strike.disturbance().point())));
    }
}
