package dev.lmstudiooperator.campaign.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests that each invariant fails on a run that violates it, and only there. */
class InvariantsTest {

    private static final String LOAD = "load llama --yes --local --identifier=m --ttl=600";
    private static final String UNLOADED = "unloaded m llama ttl=600 context=4096";

    @Test
    void runWithoutFaultBreaksNothing() {
        MadeUpRun run = new MadeUpRun()
                .stands(0)
                .calls(1, 3, LOAD)
                .loads(1, 3, "m")
                .calls(4, 5, "ps --json")
                .stands(7, MadeUpRun.served(6))
                .calls(10, 11, "unload m", UNLOADED)
                .calls(12, 13, "ps --json")
                .isGone(14, MadeUpRun.served(6));

        assertThat(Invariants.violations(run.evidence())).isEmpty();
    }

    @Test
    void secondInstanceOfAnIdentifierBreaksOneInstancePerIdentifier() {
        assertBrokenBy(new MadeUpRun().stands(0).loads(1, 2, "m").loads(3, 4, "m:2"), "OneInstancePerIdentifier");
    }

    @Test
    void unloadOfWhatNobodyNamesBreaksOnlyWhatIsNamedIsUnloaded() {
        assertBrokenBy(new MadeUpRun().stands(0).calls(1, 2, "unload foreign"), "OnlyWhatIsNamedIsUnloaded");
    }

    @Test
    void loadWithoutATtlBreaksEveryLoadHasATtl() {
        assertBrokenBy(
                new MadeUpRun().stands(0).calls(1, 2, "load llama --yes --local --identifier=m"), "EveryLoadHasATtl");
        assertBrokenBy(
                new MadeUpRun().stands(0).calls(1, 2, "load llama --yes --local --identifier=m --ttl=0"),
                "EveryLoadHasATtl");
    }

    @Test
    void availabilityWithoutAProofBreaksAvailableIsProven() {
        assertBrokenBy(
                new MadeUpRun()
                        .stands(0)
                        .stands(
                                1,
                                "observedGeneration: 1, conditions: [{type: Available, status: \"True\", reason: Verified}]"),
                "AvailableIsProven");
    }

    @Test
    void availabilityByAProofFromBeforeTheLoadBreaksAvailableIsProven() {
        assertBrokenBy(new MadeUpRun().stands(0).calls(5, 6, LOAD).stands(9, MadeUpRun.served(3)), "AvailableIsProven");
    }

    @Test
    void secondCallDuringTheFirstBreaksOneMutationAtATime() {
        assertBrokenBy(new MadeUpRun().stands(0).calls(1, 5, LOAD).calls(4, 6, LOAD), "OneMutationAtATime");
    }

    @Test
    void secondLoadInLmStudioDuringTheFirstBreaksOneMutationAtATime() {
        assertBrokenBy(new MadeUpRun().stands(0).loads(1, 5, "m").loads(4, 6, "n"), "OneMutationAtATime");
    }

    @Test
    void endOfAManagedModelThatIsStillLoadedBreaksFinalizerOutlastsTheInstance() {
        assertBrokenBy(
                new MadeUpRun().stands(0).loads(1, 2, "m").isGone(5, "observedGeneration: 1"),
                "FinalizerOutlastsTheInstance");
    }

    @Test
    void endOfAManagedModelWithoutALookAfterItsUnloadBreaksFinalizerOutlastsTheInstance() {
        assertBrokenBy(
                new MadeUpRun()
                        .stands(0)
                        .loads(1, 2, "m")
                        .calls(3, 4, "unload m", UNLOADED)
                        .isGone(5, "observedGeneration: 1"),
                "FinalizerOutlastsTheInstance");
    }

    @Test
    void loadThatIsTriedAgainAndAgainBreaksCallsAreBounded() {
        MadeUpRun run = new MadeUpRun().stands(0);
        IntStream.range(0, 12).forEach(i -> run.calls(2 * i, 2 * i + 1, LOAD));

        assertBrokenBy(run, "CallsAreBounded");
    }

    @Test
    void loadThatIsRepeatedAtOnceBreaksCallsAreBounded() {
        assertBrokenBy(
                new MadeUpRun().stands(0).fails(1, 2, LOAD).calls(2, 3, LOAD, "loaded m llama"), "CallsAreBounded");
    }

    @Test
    void loadThatIsRepeatedAfterAPauseBreaksNothing() {
        MadeUpRun run = new MadeUpRun().stands(0).fails(1, 2, LOAD).calls(7, 8, LOAD, "loaded m llama");

        assertThat(Invariants.violations(run.evidence())).isEmpty();
    }

    @Test
    void lookAfterLookBreaksCallsAreBounded() {
        MadeUpRun run = new MadeUpRun().stands(0);
        IntStream.range(0, 200).forEach(i -> run.calls(i, i, "ps --json"));

        assertBrokenBy(run, "CallsAreBounded");
    }

    @Test
    void olderGenerationAfterANewerOneBreaksObservedGenerationNeverGoesBack() {
        assertBrokenBy(
                new MadeUpRun().stands(0, "observedGeneration: 2").stands(1, "observedGeneration: 1"),
                "ObservedGenerationNeverGoesBack");
    }

    private static void assertBrokenBy(MadeUpRun run, String invariant) {
        assertThat(Invariants.violations(run.evidence()))
                .singleElement()
                .asString()
                .startsWith(invariant + ": ");
    }
}
