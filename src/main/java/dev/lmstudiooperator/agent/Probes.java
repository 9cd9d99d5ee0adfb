package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.converge.Convergence;
import dev.lmstudiooperator.agent.converge.Ledger;
import dev.lmstudiooperator.agent.observe.Observer;
import dev.lmstudiooperator.agent.plan.Check;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.verify.Verifier;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.ModelType;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Asks LM Studio on behalf of one ManagedModel, beside the reconciles, and wakes it with the result. */
final class Probes implements Convergence.Probing {

    private static final Logger LOG = Logger.getLogger(Probes.class);

    private final Observer observer;
    private final Verifier verifier;
    private final LmStudioApi api;
    private final Ledger ledger;
    private final InstantSource clock;
    private final ExecutorService executor;
    private final ProbeListener listener;

    /** For whom the last probe failed, which is told once. */
    private final Set<Owner> failing = ConcurrentHashMap.newKeySet();

    /** Who is told of results. */
    interface ProbeListener {
        void checked(Desired desired, Check check, Duration duration);

        void wake(Owner owner);
    }

    Probes(
            Observer observer,
            Verifier verifier,
            LmStudioApi api,
            Ledger ledger,
            InstantSource clock,
            ExecutorService executor,
            ProbeListener listener) {
        this.observer = observer;
        this.verifier = verifier;
        this.api = api;
        this.ledger = ledger;
        this.clock = clock;
        this.executor = executor;
        this.listener = listener;
    }

    @Override
    public void look(Owner owner) {
        probe(owner, "look", () -> observer.look().get());
    }

    @Override
    public void check(Owner owner, Situation situation) {
        probe(owner, "check", () -> {
            Instant begunAt = clock.instant();
            Observation observation = evidence(situation.evidenceSince());
            Check check = verifier.check(
                    situation.desired(), observation, ledger.of(owner).lastCheck());
            ledger.checked(owner, check);
            listener.checked(situation.desired(), check, Duration.between(begunAt, clock.instant()));
        });
    }

    /** The API must have listed the instance a moment ago: else LM Studio would load the model by itself. */
    @Override
    public void renew(Owner owner, Situation situation) {
        probe(owner, "renew", () -> {
            Desired desired = situation.desired();
            ledger.renewed(owner, clock.instant());
            if (observer.current().served() instanceof Reading.Known<Served> served
                    && served.value().lists(desired.identifier(), desired.modelKey())) {
                Observation observation = situation.observation();
                Optional<ModelType> type = observation
                        .instance(desired.identifier())
                        .map(Instance::type)
                        .or(() -> observation.typeOf(desired.modelKey()));
                if (type.isPresent()) {
                    api.ask(
                            desired.identifier(),
                            type.get(),
                            desired.verification().timeout());
                }
            }
            observer.look().get();
        });
    }

    private Observation evidence(Instant since) throws InterruptedException, ExecutionException {
        Observation current = observer.current();
        boolean isRecent = Stream.of(current.loaded(), current.served())
                .noneMatch(reading -> reading.at().isBefore(since));
        return isRecent ? current : observer.look().get();
    }

    private void probe(Owner owner, String operation, Probe probe) {
        ledger.probe(owner);
        executor.execute(() -> {
            try {
                probe.run();
                failing.remove(owner);
            } catch (LmStudioFailure | ExecutionException failure) {
                if (failing.add(owner)) {
                    LogEvent.of("LM Studio did not answer on behalf of a ManagedModel, and is asked again")
                            .about(owner.namespace(), owner.name())
                            .with(LogField.OPERATION, operation)
                            .with(LogField.ERROR, failure.getMessage())
                            .warn(LOG);
                }
            } catch (CancellationException | InterruptedException e) {
                // The agent is stopping: nobody is there to be woken.
                return;
            }
            ledger.probed(owner);
            listener.wake(owner);
        });
    }

    @FunctionalInterface
    private interface Probe {
        void run() throws LmStudioFailure, InterruptedException, ExecutionException;
    }
}
