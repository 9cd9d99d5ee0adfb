package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.converge.Convergence;
import dev.lmstudiooperator.agent.converge.Ledger;
import dev.lmstudiooperator.agent.observe.Observer;
import dev.lmstudiooperator.agent.plan.Check;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.verify.Verifier;
import dev.lmstudiooperator.lmstudio.Answer;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.ModelType;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
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
    public void lookAtDisk(Owner owner) {
        probe(owner, "look", () -> observer.lookAtDisk().get());
    }

    @Override
    public void check(Owner owner, Situation situation) {
        probe(owner, "check", () -> {
            Instant begunAt = clock.instant();
            LmStudioFailure renewalFailure = ledger.takeRenewalFailure(owner).orElse(null);
            Observation observation = renewalFailure == null
                    ? observer.lookSince(situation.evidenceSince()).get()
                    : observer.look().get();
            Verifier.Before before = new Verifier.Before(
                    ledger.of(owner).lastCheck(),
                    renewalFailure,
                    situation.history().toldProof() != null);
            Desired desired = situation.desiredAsServed();
            Check check = verifier.check(
                    desired, observation, before, () -> observer.look().join());
            ledger.checked(owner, check);
            if (check.hasPassed() && check.latency() != null) {
                ledger.renewed(owner, begunAt);
            }
            listener.checked(desired, check, Duration.between(begunAt, clock.instant()));
        });
    }

    /**
     * Beside whatever else is asked on its behalf, and without a look at LM Studio, which may hang. The API must list the
     * instance: else LM Studio would load the model by itself.
     */
    @Override
    public void renew(Owner owner, Situation situation) {
        Desired desired = situation.desired();
        Instant sentAt = clock.instant();
        ledger.renewalBegins(owner, sentAt);
        executor.execute(() -> {
            try {
                if (isAnswered(desired, situation.observation())) {
                    ledger.renewed(owner, sentAt);
                } else {
                    ledger.renewalFailed(owner, null);
                }
            } catch (LmStudioFailure failure) {
                ledger.renewalFailed(owner, failure);
                report(owner, "renew", failure);
            } catch (InterruptedException e) {
                // The agent is stopping.
                return;
            }
            listener.wake(owner);
        });
    }

    /** False when nothing was asked: what is not listed, or of which nobody knows the kind. */
    private boolean isAnswered(Desired desired, Observation observation) throws LmStudioFailure, InterruptedException {
        Optional<ModelType> type = observation
                .instance(desired.identifier())
                .map(Instance::type)
                .or(() -> observation.typeOf(desired.modelKey()));
        if (type.isEmpty() || !api.list().lists(desired.identifier(), desired.modelKey())) {
            return false;
        }
        Answer answer =
                api.ask(desired.identifier(), type.get(), desired.verification().timeout());
        if (!answer.servedBy().equals(desired.identifier())) {
            throw new DomainFailure(
                    DomainFailure.Kind.INSTANCE_GONE,
                    "A request to %s was answered by %s".formatted(desired.identifier(), answer.servedBy()));
        }
        return true;
    }

    private void probe(Owner owner, String operation, Probe probe) {
        ledger.probe(owner);
        executor.execute(() -> {
            try {
                probe.run();
                failing.remove(owner);
            } catch (LmStudioFailure | ExecutionException | CompletionException failure) {
                report(owner, operation, failure);
            } catch (CancellationException | InterruptedException e) {
                // The agent is stopping: nobody is there to be woken.
                return;
            }
            ledger.probed(owner);
            listener.wake(owner);
        });
    }

    private void report(Owner owner, String operation, Exception failure) {
        if (failing.add(owner)) {
            LogEvent.of("Request to LM Studio failed; retrying")
                    .about(owner.namespace(), owner.name())
                    .with(LogField.OPERATION, operation)
                    .with(LogField.ERROR, failure.getMessage())
                    .warn(LOG);
        }
    }

    @FunctionalInterface
    private interface Probe {
        void run() throws LmStudioFailure, InterruptedException, ExecutionException;
    }
}
