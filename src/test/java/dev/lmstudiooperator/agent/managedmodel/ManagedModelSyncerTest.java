package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lmstudiooperator.agent.lease.LeaseStatus;
import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.observer.StubObservations;
import dev.lmstudiooperator.agent.operation.OperationQueue;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.StubApi;
import dev.lmstudiooperator.lmstudio.StubCli;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests reconciliations during which an operation or a probe ends. */
@Timeout(60)
class ManagedModelSyncerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final ResourceID OWNER = new ResourceID("chat", "team");
    private static final Observation NOTHING_LOADED = anObservation(NOW).build();

    private final ModelStateStore states = new ModelStateStore();
    private final CountDownLatch unloads = new CountDownLatch(1);
    private final OperationQueue operations = new OperationQueue(
            cli(), StubApi.unreachable(), StubObservations.always(() -> NOTHING_LOADED), () -> NOW, listener());

    @Test
    void eventsFollowTheWritesInTheirOrder() {
        ManagedModel model = model("observedGeneration: 1");
        Written written = new Written();

        syncer(() -> {}).sync(model, written);

        assertThat(written.calls)
                .containsExactly("write Observing", "record Observing", "write Suspended", "record Suspended");
    }

    @Test
    void unloadThatEndsDuringAPassIsNoEviction() {
        operations.begin(OWNER, new ModelOperation.Unload("chat"), () -> {});
        ManagedModelSyncer syncer = syncer(this::letTheUnloadEnd);
        ManagedModel model = model("""
                observedGeneration: 1
                instance: {identifier: chat, modelKey: qwen, sizeBytes: 5, contextLength: 4096, ttlSeconds: 600, adopted: false}
                """);
        Written written = new Written();

        syncer.sync(model, written);
        syncer.sync(Objects.requireNonNull(written.last), written);

        assertThat(Objects.requireNonNull(written.last).getStatus().instance()).isNull();
        assertThat(written.last.getStatus().evictions()).isNull();
    }

    private static ManagedModel model(String status) {
        return ManagedModels.chat(2, ManagedModels.status(status), "ttlSeconds: 600", "suspend: true");
    }

    private ManagedModelSyncer syncer(Runnable whenItIsSeen) {
        return new ManagedModelSyncer(
                states,
                operations,
                whenItIsSeen(whenItIsSeen),
                new ListedModels(),
                unusedProbing(),
                () -> LeaseStatus.HELD,
                new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Clocks.of(() -> NOW));
    }

    private void letTheUnloadEnd() {
        unloads.countDown();
        await().until(() -> operations.running(OWNER).isEmpty());
    }

    private static ObservationSource whenItIsSeen(Runnable happens) {
        return StubObservations.of(() -> {
            happens.run();
            return NOTHING_LOADED;
        });
    }

    private OperationQueue.Listener listener() {
        return new OperationQueue.Listener() {
            @Override
            public void ended(ResourceID owner, OperationResult outcome) {
                states.ended(owner, outcome);
            }

            @Override
            public void reconcile(ResourceID owner) {}
        };
    }

    private LmStudioCli cli() {
        return StubCli.answering((method, arguments) -> {
            unloads.await();
            return null;
        });
    }

    private static ManagedModelSyncer.Probing unusedProbing() {
        return new ManagedModelSyncer.Probing() {
            @Override
            public void refresh(ResourceID owner) {}

            @Override
            public void refreshInventory(ResourceID owner) {}

            @Override
            public void check(ResourceID owner, PlanInput input) {}

            @Override
            public void renew(ResourceID owner, PlanInput input) {}
        };
    }

    /** An API server that accepts every request. */
    private static final class Written implements ManagedModelSyncer.StatusClient {

        private final List<String> calls = new ArrayList<>();
        private @Nullable ManagedModel last;

        @Override
        public ManagedModel write(ManagedModel model, ManagedModelStatus status) {
            ManagedModel written = Serialization.clone(model);
            written.setStatus(status);
            last = written;
            calls.add("write "
                    + Conditions.ready(status).map(Condition::getReason).orElse("nothing"));
            return written;
        }

        @Override
        public void record(ManagedModel model, ManagedModelSyncer.Result pass) {
            calls.add("record " + pass.decision().summary().reason().text());
        }
    }
}
