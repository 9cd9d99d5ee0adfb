package dev.lmstudiooperator.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.LmStudioInMemory.Whim;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests examples of what happens on a node. NodePropertiesTest has what holds for any history. */
class NodeExamplesTest {

    private static final Duration LONG = Duration.ofHours(2);
    private static final Duration DURING_THE_LOAD = Duration.ofSeconds(2);

    private final SimulatedNode node = new SimulatedNode(20, Whim.NONE, false);

    // Loads

    @Test
    void newModelIsLoadedOnceAndVerified() {
        served("model: small");

        ManagedModelStatus status = status("chat");
        assertThat(status.phase()).isEqualTo(Phase.READY);
        assertThat(status.loads()).isEqualTo(1);
        assertThat(status.evictions()).isNull();
        assertThat(status.loadedRevision()).isNotNull().isEqualTo(status.loadRevision());
        assertThat(requireNonNull(status.instance()).identifier()).isEqualTo("chat");
        assertThat(requireNonNull(status.convergence()).durationMillis()).isBetween(5_000L, 20_000L);
        assertThat(status.convergence().rounds()).isBetween(3, 20);
        assertThat(node.loads()).isEqualTo(1);
    }

    @Test
    void evictedModelIsLoadedAgain() {
        served("model: small");

        node.lmStudio().evict("chat");
        rest();

        assertThat(node.loads()).isEqualTo(2);
        assertThat(status("chat").loads()).isEqualTo(2);
        assertThat(status("chat").evictions()).isEqualTo(1);
        assertThat(status("chat").phase()).isEqualTo(Phase.READY);
    }

    @Test
    void changedSettingsReloadTheModelWhichIsNoEviction() {
        served("model: small");

        node.change("chat", before -> spec("model: small\nload: {contextLength: 8192}"));
        rest();

        assertThat(instance("chat").contextLength()).isEqualTo(8192);
        assertThat(node.loads()).isEqualTo(2);
        assertThat(status("chat").evictions()).isNull();
    }

    @Test
    void requestedReloadIsExecutedOnce() {
        served("model: small");

        node.askForReload("chat");
        rest();
        node.proceed(LONG);

        assertThat(node.loads()).isEqualTo(2);
    }

    @Test
    void modelIsLoadedWhenItIsOnDisk() {
        node.create("chat", spec("model: missing"));
        rest();
        assertThat(reason("chat")).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(node.loads()).isZero();

        node.lmStudio().downloadedByOthers(LmStudioInMemory.MISSING);
        rest();

        assertThat(reason("chat")).isEqualTo(Reason.VERIFIED);
    }

    @Test
    void instanceOfAnotherClientWithTheDesiredSettingsIsAdopted() {
        node.lmStudio()
                .loadedByOthers("chat", LmStudioInMemory.SMALL, Duration.ofMinutes(10), LmStudioInMemory.CONTEXT);

        served("model: small\nttlSeconds: 600");

        assertThat(node.loads()).isZero();
        assertThat(requireNonNull(status("chat").instance()).adopted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void changeDuringALoadCancelsIt(boolean doCancelledLoadsLand) {
        SimulatedNode other = new SimulatedNode(20, Whim.NONE, doCancelledLoadsLand);
        other.create("chat", spec("model: big"));
        other.proceed(DURING_THE_LOAD);
        assertThat(other.loads()).isEqualTo(1);

        other.change("chat", before -> spec("model: small"));

        assertThat(other.comesToRestWithin(LONG)).isTrue();
        assertThat(other.lmStudio().instances()).extracting(Instance::modelKey).containsExactly(LmStudioInMemory.SMALL);
    }

    @Test
    void loadThatWasGivenUpLeavesOneInstance() {
        node.lmStudio().whims(List.of(Whim.IS_GIVEN_UP_AND_LANDS_LATER));

        served("model: small");

        assertThat(node.lmStudio().instances()).extracting(Instance::identifier).containsExactly("chat");
        assertThat(node.secondCopies()).isEmpty();
    }

    @Test
    void modelWithoutMemoryIsRetried() {
        SimulatedNode small = new SimulatedNode(4, Whim.NONE, false);
        small.create("chat", spec("model: big"));

        small.proceed(Duration.ofMinutes(10));

        assertThat(small.loads()).isGreaterThan(1);
        assertThat(small.goodLoads()).isZero();
        assertThat(small.lastDecision(owner("chat")).orElseThrow().summary().reason())
                .isEqualTo(Reason.INSUFFICIENT_MEMORY);
    }

    // One operation at a time

    @Test
    void secondModelWaitsForTheFirst() {
        node.create("a", spec("model: small"));
        node.create("b", spec("model: small"));
        node.proceed(DURING_THE_LOAD);

        assertThat(node.loads()).isEqualTo(1);
        assertThat(List.of(reason("a"), reason("b")))
                .containsExactlyInAnyOrder(Reason.LOADING, Reason.WAITING_FOR_TURN);

        rest();
        assertThat(node.loads()).isEqualTo(2);
        assertThat(node.lmStudio().instances()).hasSize(2);
    }

    @Test
    void modelThatIsSuspendedWhileItWaitsIsNotLoaded() {
        node.create("a", spec("model: small"));
        node.create("b", spec("model: small"));
        node.proceed(DURING_THE_LOAD);

        node.change("b", before -> spec("model: small\nsuspend: true"));
        rest();

        assertThat(node.loads()).isEqualTo(1);
        assertThat(reason("b")).isEqualTo(Reason.SUSPENDED);
    }

    @Test
    void modelWaitsForTheLoadOfAnotherThatMayStillGoOn() {
        node.lmStudio().whims(List.of(Whim.IS_GIVEN_UP_AND_LANDS_LATER));
        node.create("a", spec("model: small"));
        node.proceed(Duration.ofSeconds(7));

        node.create("b", spec("model: small"));
        node.proceed(DURING_THE_LOAD);

        assertThat(node.instance("b")).isEmpty();
        assertThat(node.loads()).isEqualTo(1);
        rest();
        assertThat(node.lmStudio().instances()).extracting(Instance::identifier).containsExactlyInAnyOrder("a", "b");
    }

    // The end of a model

    @Test
    void busyInstanceIsDrainedBeforeItIsUnloaded() {
        served("model: small\ndrainSeconds: 60");
        node.lmStudio().use("chat", Duration.ofMinutes(10));

        node.delete("chat");
        node.proceed(Duration.ofSeconds(30));
        assertThat(node.instance("chat")).isPresent();
        assertThat(reason("chat")).isEqualTo(Reason.DRAINING);

        node.proceed(Duration.ofMinutes(2));
        assertThat(node.owners()).isEmpty();
        assertThat(node.lmStudio().instances()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void modelThatIsDeletedDuringItsLoadLeavesNothing(boolean doCancelledLoadsLand) {
        SimulatedNode other = new SimulatedNode(20, Whim.NONE, doCancelledLoadsLand);
        other.create("chat", spec("model: small"));
        other.proceed(DURING_THE_LOAD);

        other.delete("chat");
        other.proceed(LONG);

        assertThat(other.owners()).isEmpty();
        assertThat(other.lmStudio().instances()).isEmpty();
    }

    @Test
    void temporaryModelIsNotLoadedAgainAfterItsTtlAlsoNotByTheNextAgent() {
        node.create("chat", spec("model: small\nretention: Temporary\nttlSeconds: 60"));
        node.proceed(Duration.ofMinutes(5));
        assertThat(status("chat").phase()).isEqualTo(Phase.EXPIRED);

        node.restartAgent(false);
        rest();

        assertThat(status("chat").phase()).isEqualTo(Phase.EXPIRED);
        assertThat(node.loads()).isEqualTo(1);
        assertThat(node.instance("chat")).isEmpty();
    }

    @Test
    void keptModelOutlivesItsTtl() {
        served("model: small\nttlSeconds: 60");

        node.proceed(Duration.ofMinutes(30));

        assertThat(node.instance("chat")).isPresent();
        assertThat(node.loads()).isEqualTo(1);
    }

    // Identifiers

    @Test
    void youngerModelTakesOverTheIdentifierOfADeletedOne() {
        node.create("older", spec("model: small\nidentifier: shared"));
        node.proceed(Duration.ofSeconds(20));
        node.create("younger", spec("model: small\nidentifier: shared"));
        rest();
        assertThat(reason("older")).isEqualTo(Reason.VERIFIED);
        assertThat(reason("younger")).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(node.loads()).isEqualTo(1);

        node.delete("older");
        rest();

        assertThat(node.owners()).containsExactly(owner("younger"));
        assertThat(reason("younger")).isEqualTo(Reason.VERIFIED);
    }

    // The next agent

    @Test
    void nextAgentKeepsWhatIsLoaded() {
        served("model: small");
        ManagedModelStatus before = status("chat");

        node.restartAgent(true);
        rest();

        assertThat(node.loads()).isEqualTo(1);
        assertThat(status("chat").instance()).isEqualTo(before.instance());
        assertThat(status("chat").loads()).isEqualTo(1);
        assertThat(status("chat").evictions()).isNull();
    }

    @Test
    void nextAgentCountsAnEvictionThatItDidNotSee() {
        served("model: small");

        node.lmStudio().evict("chat");
        node.restartAgent(true);
        rest();

        assertThat(node.loads()).isEqualTo(2);
        assertThat(status("chat").evictions()).isEqualTo(1);
    }

    @Test
    void nextAgentReplacesAnInstanceThatAnotherClientLoadedMeanwhile() {
        served("model: small");

        node.lmStudio().evict("chat");
        node.strangersOwn("chat").loadedByOthers("chat", LmStudioInMemory.BIG, null, LmStudioInMemory.CONTEXT);
        node.restartAgent(true);
        rest();

        assertThat(instance("chat").modelKey()).isEqualTo(LmStudioInMemory.SMALL);
        assertThat(node.loads()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nextAgentRecordsALoadWhoseEndNobodySaw(boolean hasLoaded) {
        node.create("chat", spec("model: small"));
        node.proceed(DURING_THE_LOAD);

        node.restartAgent(hasLoaded);
        rest();

        assertThat(node.loads()).isEqualTo(hasLoaded ? 1 : 2);
        assertThat(status("chat").loads()).isEqualTo(1);
        assertThat(status("chat").loadedRevision()).isEqualTo(status("chat").loadRevision());
        assertThat(status("chat").phase()).isEqualTo(Phase.READY);
    }

    @Test
    void wallClockChangesNothing() {
        served("model: small\nttlSeconds: 600");

        node.setWallClock(Duration.ofDays(1));
        rest();
        node.proceed(LONG);

        assertThat(node.loads()).isEqualTo(1);
        assertThat(status("chat").phase()).isEqualTo(Phase.READY);
    }

    private void served(String spec) {
        node.create("chat", spec(spec));
        rest();
        assertThat(reason("chat")).isEqualTo(Reason.VERIFIED);
    }

    private void rest() {
        assertThat(node.comesToRestWithin(LONG)).as("%s", node).isTrue();
    }

    private ManagedModelStatus status(String name) {
        return node.get(owner(name)).orElseThrow().getStatus();
    }

    private Reason reason(String name) {
        return node.lastDecision(owner(name)).orElseThrow().summary().reason();
    }

    private Instance instance(String identifier) {
        return node.instance(identifier).orElseThrow();
    }

    private static ResourceID owner(String name) {
        return new ResourceID(name, "team");
    }

    private static ManagedModelSpec spec(String yaml) {
        return Serialization.unmarshal(yaml, ManagedModelSpec.class);
    }
}
