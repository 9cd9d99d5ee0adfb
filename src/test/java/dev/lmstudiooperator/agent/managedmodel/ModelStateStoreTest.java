package dev.lmstudiooperator.agent.managedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.managedmodel.ModelStateStore.ModelState;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests what the agent remembers about a ManagedModel, and for how long. */
class ModelStateStoreTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(5);
    private static final ResourceID OWNER = new ResourceID("chat", "team");
    private static final OperationResult UNLOADED =
            new OperationResult.Unloaded(new ModelOperation.Unload("chat"), NOW, Duration.ZERO);
    private static final OperationResult DOWNLOADED =
            new OperationResult.Downloaded(new History.Download("qwen", null), NOW, Duration.ZERO);

    private final InfrastructureFailure failure =
            InfrastructureFailure.Kind.UNREACHABLE.failure("LM Studio does not answer");
    private final ModelStateStore states = new ModelStateStore();

    @Test
    void unknownOwnerHasNoState() {
        assertThat(state()).isEqualTo(ModelState.NONE);
        assertThat(state().hasLoaded()).isFalse();
    }

    @Test
    void resultsAreKeptUntilAStatusRecordsThem() {
        states.ended(OWNER, UNLOADED);
        ModelState gathered = state();
        states.ended(OWNER, DOWNLOADED);
        assertThat(gathered.outcome()).isEqualTo(UNLOADED);

        states.reported(OWNER, gathered);

        assertThat(state().outcome()).isNull();
        assertThat(state().download()).isEqualTo(DOWNLOADED);
        states.reported(OWNER, state());
        assertThat(state()).isEqualTo(ModelState.NONE);
    }

    @Test
    void resultThatArrivedMeanwhileIsKept() {
        ModelState gathered = state();
        states.ended(OWNER, UNLOADED);
        states.ended(OWNER, DOWNLOADED);

        states.reported(OWNER, gathered);

        assertThat(state().outcome()).isEqualTo(UNLOADED);
        assertThat(state().download()).isEqualTo(DOWNLOADED);
    }

    @Test
    void endOfAnOperationEndsTheDrainAndTheRenewal() {
        states.draining(OWNER, NOW);
        states.withdrawing(OWNER, NOW);
        states.renewed(OWNER, NOW);
        states.intend(OWNER, "revision");

        states.ended(OWNER, UNLOADED);
        states.reported(OWNER, state());

        assertThat(state()).isEqualTo(ModelState.NONE);
    }

    @Test
    void cancelledLoadLeavesItsRevisionFruitless() {
        states.intend(OWNER, "revision");

        states.ended(
                OWNER, new OperationResult.Cancelled(new ModelOperation.Unload("chat"), NOW, Duration.ZERO, false));

        assertThat(state().fruitlessRevision()).isEqualTo("revision");
    }

    @Test
    void reconciliationsAreCountedUntilAStatusRecordsThem() {
        assertThat(states.countReconciliation(OWNER)).isEqualTo(1);
        assertThat(states.countReconciliation(OWNER)).isEqualTo(2);

        states.reconciliationsReported(OWNER);

        assertThat(states.countReconciliation(OWNER)).isEqualTo(1);
    }

    @Test
    void drainAndWithdrawalBeginOnceAndEndTogether() {
        states.draining(OWNER, NOW);
        states.draining(OWNER, LATER);
        states.withdrawing(OWNER, NOW);
        states.withdrawing(OWNER, LATER);
        assertThat(state().drainBeganAt()).isEqualTo(NOW);
        assertThat(state().withdrawalBeganAt()).isEqualTo(NOW);

        states.drained(OWNER);

        assertThat(state()).isEqualTo(ModelState.NONE);
    }

    @Test
    void renewalRemembersItsLastSuccess() {
        states.renewalBegins(OWNER, NOW);
        assertThat(state().renewal()).isEqualTo(new History.Renewal(null, NOW, true, false));
        states.renewed(OWNER, NOW);
        assertThat(state().renewal()).isEqualTo(new History.Renewal(NOW, NOW, false, false));

        states.renewalBegins(OWNER, LATER);
        states.renewalFailed(OWNER, failure);

        assertThat(state().renewal()).isEqualTo(new History.Renewal(NOW, LATER, false, true));
    }

    @Test
    void failureOfARenewalIsTakenOnce() {
        states.renewalBegins(OWNER, NOW);
        states.renewalFailed(OWNER, failure);

        assertThat(states.takeRenewalFailure(OWNER)).contains(failure);

        assertThat(states.takeRenewalFailure(OWNER)).isEmpty();
        assertThat(state().renewal()).isEqualTo(new History.Renewal(null, NOW, false, false));
    }

    @Test
    void failureOfARenewalFromBeforeAnOperationIsIgnored() {
        states.renewalFailed(OWNER, failure);

        assertThat(state()).isEqualTo(ModelState.NONE);
    }

    @Test
    void probeIsUnderWayUntilItEnds() {
        states.probe(OWNER);
        assertThat(state().isProbing()).isTrue();

        states.probed(OWNER);

        assertThat(state().isProbing()).isFalse();
    }

    @Test
    void startedLoadIsRememberedUntilTheModelIsForgotten() {
        states.beginLoad(OWNER, Set.of("chat:2"));
        assertThat(state().hasLoaded()).isTrue();
        assertThat(state().copiesAtLoad()).containsExactly("chat:2");

        states.forget(OWNER);

        assertThat(state()).isEqualTo(ModelState.NONE);
    }

    private ModelState state() {
        return states.of(OWNER);
    }
}
