package dev.lmstudiooperator.faultinjection.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests that each invariant fails on a run that violates it, and only there. */
class InvariantsTest {

    private static final String LOAD = "load llama --yes --local --identifier=m --ttl=600";
    private static final String UNLOADED = "unloaded m llama ttl=600 context=4096";

    @Test
    void runWithoutAFaultViolatesNothing() {
        SampleRun run = new SampleRun()
                .version(0)
                .call(1, 3, LOAD)
                .load(1, 3, "m")
                .call(4, 5, "ps --json")
                .version(7, SampleRun.verifiedStatus(6))
                .call(10, 11, "unload m", UNLOADED)
                .call(12, 13, "ps --json")
                .deleted(14, SampleRun.verifiedStatus(6));

        assertThat(Invariants.ofAgents(run.evidence())).isEmpty();
    }

    @Test
    void secondInstanceOfAnIdentifierViolatesOneInstancePerIdentifier() {
        assertViolates(new SampleRun().version(0).load(1, 2, "m").load(3, 4, "m:2"), "OneInstancePerIdentifier");
    }

    @Test
    void unloadOfAnUnmanagedInstanceViolatesOnlyManagedInstancesAreUnloaded() {
        assertViolates(new SampleRun().version(0).call(1, 2, "unload unmanaged"), "OnlyManagedInstancesAreUnloaded");
    }

    @Test
    void loadWithoutATtlViolatesEveryLoadHasATtl() {
        assertViolates(
                new SampleRun().version(0).call(1, 2, "load llama --yes --local --identifier=m"), "EveryLoadHasATtl");
        assertViolates(
                new SampleRun().version(0).call(1, 2, "load llama --yes --local --identifier=m --ttl=0"),
                "EveryLoadHasATtl");
    }

    @Test
    void availabilityWithoutAVerificationViolatesAvailableIsVerified() {
        assertViolates(
                new SampleRun()
                        .version(0)
                        .version(
                                1,
                                "observedGeneration: 1, conditions: [{type: Available, status: \"True\", reason: Verified}]"),
                "AvailableIsVerified");
    }

    @Test
    void availabilityByAVerificationBeforeTheLoadViolatesAvailableIsVerified() {
        assertViolates(
                new SampleRun().version(0).call(5, 6, LOAD).version(9, SampleRun.verifiedStatus(3)),
                "AvailableIsVerified");
    }

    @Test
    void secondCallDuringTheFirstViolatesOneOperationAtATime() {
        assertViolates(new SampleRun().version(0).call(1, 5, LOAD).call(4, 6, LOAD), "OneOperationAtATime");
    }

    @Test
    void secondLoadInLmStudioDuringTheFirstViolatesOneOperationAtATime() {
        assertViolates(new SampleRun().version(0).load(1, 5, "m").load(4, 6, "n"), "OneOperationAtATime");
    }

    @Test
    void deletionOfALoadedManagedModelViolatesFinalizerOutlivesInstance() {
        assertViolates(
                new SampleRun().version(0).load(1, 2, "m").deleted(5, "observedGeneration: 1"),
                "FinalizerOutlivesInstance");
    }

    @Test
    void deletionWithoutAnObservationAfterTheUnloadViolatesFinalizerOutlivesInstance() {
        assertViolates(
                new SampleRun()
                        .version(0)
                        .load(1, 2, "m")
                        .call(3, 4, "unload m", UNLOADED)
                        .deleted(5, "observedGeneration: 1"),
                "FinalizerOutlivesInstance");
    }

    @Test
    void loadThatIsRepeatedManyTimesViolatesCallsAreBounded() {
        SampleRun run = new SampleRun().version(0);
        IntStream.range(0, 12).forEach(i -> run.call(2 * i, 2 * i + 1, LOAD));

        assertViolates(run, "CallsAreBounded");
    }

    @Test
    void loadThatIsRepeatedWithoutBackoffViolatesCallsAreBounded() {
        assertViolates(
                new SampleRun().version(0).failedCall(1, 2, LOAD).call(2, 3, LOAD, "loaded m llama"),
                "CallsAreBounded");
    }

    @Test
    void loadThatIsRepeatedAfterTheBackoffViolatesNothing() {
        SampleRun run = new SampleRun().version(0).failedCall(1, 2, LOAD).call(7, 8, LOAD, "loaded m llama");

        assertThat(Invariants.ofAgents(run.evidence())).isEmpty();
    }

    @Test
    void continuousReadsViolateCallsAreBounded() {
        SampleRun run = new SampleRun().version(0);
        IntStream.range(0, 200).forEach(i -> run.call(i, i, "ps --json"));

        assertViolates(run, "CallsAreBounded");
    }

    @Test
    void olderGenerationAfterANewerOneViolatesObservedGenerationNeverDecreases() {
        assertViolates(
                new SampleRun().version(0, "observedGeneration: 2").version(1, "observedGeneration: 1"),
                "ObservedGenerationNeverDecreases");
    }

    private static void assertViolates(SampleRun run, String invariant) {
        assertThat(Invariants.ofAgents(run.evidence()))
                .singleElement()
                .asString()
                .startsWith(invariant + ": ");
    }
}
