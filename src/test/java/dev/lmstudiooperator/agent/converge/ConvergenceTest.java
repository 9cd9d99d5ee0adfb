package dev.lmstudiooperator.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lmstudiooperator.agent.act.DownloadLane;
import dev.lmstudiooperator.agent.act.DownloadOutcome;
import dev.lmstudiooperator.agent.act.MutationLane;
import dev.lmstudiooperator.agent.act.Outcome;
import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.observe.Sight;
import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.agent.plan.Pace;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.status.Progression;
import dev.lmstudiooperator.agent.tenure.Standing;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a pass comes to when something ends in the middle of it. */
@Timeout(60)
class ConvergenceTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Owner OWNER = new Owner("team-a", "chat");
    private static final Observation NOTHING_LOADED = new Observation(
            new Reading.Known<>(List.of(), NOW),
            new Reading.Known<>(List.of(), NOW),
            new Reading.Known<>(new Served(Set.of(), Set.of()), NOW));

    private final Ledger ledger = new Ledger();
    private final CountDownLatch unloads = new CountDownLatch(1);
    private final MutationLane lane = new MutationLane(
            cli(),
            () -> CompletableFuture.completedFuture(NOTHING_LOADED),
            CompletableFuture::new,
            () -> NOW,
            listener());

    @Test
    void unloadThatEndsDuringAPassIsNoEviction() {
        lane.begin(OWNER, new Mutation.Unload("chat"), () -> {});
        Convergence convergence = new Convergence(
                ledger,
                lane,
                downloads(),
                whenItIsSeen(this::letTheUnloadEnd),
                unusedProbing(),
                () -> Standing.UNDISPUTED,
                new Pace(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                Duration.ofMinutes(10),
                Clocks.of(() -> NOW));
        ManagedModel model = Serialization.unmarshal("""
                metadata: {namespace: team-a, name: chat, uid: uid-1, generation: 2}
                spec: {model: qwen, ttlSeconds: 600, suspend: true}
                status:
                  observedGeneration: 1
                  instance: {identifier: chat, modelKey: qwen, sizeBytes: 5, contextLength: 4096, ttlSeconds: 600, adopted: false}
                """, ManagedModel.class);
        Written written = new Written();

        convergence.advance(model, written);
        convergence.advance(Objects.requireNonNull(written.last), written);

        assertThat(Objects.requireNonNull(written.last).getStatus().instance()).isNull();
        assertThat(written.last.getStatus().evictions()).isNull();
    }

    private void letTheUnloadEnd() {
        unloads.countDown();
        await().until(() -> lane.running(OWNER).isEmpty());
    }

    private static Sight whenItIsSeen(Runnable happens) {
        return new Sight() {
            @Override
            public Observation current() {
                happens.run();
                return NOTHING_LOADED;
            }

            @Override
            public Instant memoryFreedAt() {
                return Instant.EPOCH;
            }
        };
    }

    private MutationLane.Listener listener() {
        return new MutationLane.Listener() {
            @Override
            public void ended(Owner owner, Outcome outcome) {
                ledger.ended(owner, outcome);
            }

            @Override
            public void wake(Owner owner) {}
        };
    }

    private LmStudioCli cli() {
        return (LmStudioCli) Proxy.newProxyInstance(
                ConvergenceTest.class.getClassLoader(),
                new Class<?>[] {LmStudioCli.class},
                (proxy, method, arguments) -> {
                    unloads.await();
                    return null;
                });
    }

    private DownloadLane downloads() {
        return new DownloadLane(cli(), CompletableFuture::new, () -> NOW, new DownloadLane.Listener() {
            @Override
            public void ended(Owner owner, DownloadOutcome outcome) {}

            @Override
            public void wake(Owner owner) {}
        });
    }

    private static Convergence.Probing unusedProbing() {
        return new Convergence.Probing() {
            @Override
            public void look(Owner owner) {}

            @Override
            public void lookAtDisk(Owner owner) {}

            @Override
            public void check(Owner owner, Situation situation) {}

            @Override
            public void renew(Owner owner, Situation situation) {}
        };
    }

    /** An API server that takes everything. */
    private static final class Written implements Convergence.Cluster {

        private @Nullable ManagedModel last;

        @Override
        public Stream<ManagedModel> models() {
            return Stream.ofNullable(last);
        }

        @Override
        public Stream<ManagedModel> naming(String identifier) {
            return Stream.ofNullable(last);
        }

        @Override
        public ManagedModel write(ManagedModel model, ManagedModelStatus status) {
            ManagedModel written = Serialization.clone(model);
            written.setStatus(status);
            last = written;
            return written;
        }

        @Override
        public void tell(ManagedModel model, Progression pass) {}
    }
}
