package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.managedmodel.ManagedModelSyncer;
import dev.lmstudiooperator.agent.managedmodel.ModelStateStore;
import dev.lmstudiooperator.agent.observer.Observer;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.verification.Verifier;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import dev.lmstudiooperator.metrics.AgentMetrics;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
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
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Sends requests to LM Studio for a ManagedModel, outside its reconciliations, and triggers it with the result. */
final class ProbeRunner implements ManagedModelSyncer.Probing {

    private static final Logger LOG = Logger.getLogger(ProbeRunner.class);

    private final Observer observer;
    private final Verifier verifier;
    private final LmStudioApi api;
    private final ModelStateStore states;
    private final InstantSource clock;
    private final ExecutorService executor;
    private final AgentMetrics metrics;
    private final Consumer<ResourceID> trigger;

    /** ManagedModels whose last probe failed. A failure is logged once. */
    private final Set<ResourceID> failing = ConcurrentHashMap.newKeySet();

    /** @param trigger triggers the ManagedModel after each request */
    ProbeRunner(
            Observer observer,
            Verifier verifier,
            LmStudioApi api,
            ModelStateStore states,
            InstantSource clock,
            ExecutorService executor,
            AgentMetrics metrics,
            Consumer<ResourceID> trigger) {
        this.observer = observer;
        this.verifier = verifier;
        this.api = api;
        this.states = states;
        this.clock = clock;
        this.executor = executor;
        this.metrics = metrics;
        this.trigger = trigger;
    }

    @Override
    public void refresh(ResourceID owner) {
        probe(owner, "refresh", () -> observer.resync().get());
    }

    @Override
    public void refreshInventory(ResourceID owner) {
        probe(owner, "refresh", () -> observer.refreshInventory().get());
    }

    @Override
    public void check(ResourceID owner, PlanInput input) {
        probe(owner, "check", () -> {
            Instant begunAt = clock.instant();
            LmStudioFailure renewalFailure = states.takeRenewalFailure(owner).orElse(null);
            Observation observation = renewalFailure == null
                    ? observer.resyncSince(input.evidenceSince()).get()
                    : observer.resync().get();
            Verifier.Before before = new Verifier.Before(
                    states.of(owner).lastCheck(),
                    renewalFailure,
                    input.history().reportedVerification() != null);
            Desired desired = input.desiredAsServed();
            VerificationOutcome check = verifier.check(
                    desired, observation, before, () -> observer.resync().join());
            states.checked(owner, check);
            if (check.hasPassed() && check.latency() != null) {
                states.renewed(owner, begunAt);
            }
            metrics.verified(desired.modelKey(), check.result(), Duration.between(begunAt, clock.instant()));
        });
    }

    /**
     * Runs at the same time as other requests for the ManagedModel, and without a refresh of the observation, which may
     * hang. The API must list the instance; otherwise LM Studio would load the model by itself.
     */
    @Override
    public void renew(ResourceID owner, PlanInput input) {
        Desired desired = input.desired();
        Instant sentAt = clock.instant();
        states.renewalBegins(owner, sentAt);
        executor.execute(() -> {
            try {
                if (isAnswered(desired, input.observation())) {
                    states.renewed(owner, sentAt);
                } else {
                    states.renewalFailed(owner, null);
                }
            } catch (LmStudioFailure failure) {
                states.renewalFailed(owner, failure);
                report(owner, "renew", failure);
            } catch (InterruptedException e) {
                // The agent is stopping.
                return;
            }
            trigger.accept(owner);
        });
    }

    /** Returns false if no request was sent: the instance is not listed, or its type is unknown. */
    private boolean isAnswered(Desired desired, Observation observation) throws LmStudioFailure, InterruptedException {
        Optional<ModelType> type = observation
                .instance(desired.identifier())
                .map(Instance::type)
                .or(() -> observation.typeOf(desired.modelKey()));
        if (type.isEmpty() || !api.list().lists(desired.identifier(), desired.modelKey())) {
            return false;
        }
        InferenceReply answer =
                api.ask(desired.identifier(), type.get(), desired.verification().timeout());
        if (!answer.servedBy().equals(desired.identifier())) {
            throw new DomainFailure(
                    DomainFailure.Kind.INSTANCE_GONE,
                    "A request to %s was answered by %s".formatted(desired.identifier(), answer.servedBy()));
        }
        return true;
    }

    private void probe(ResourceID owner, String operation, Probe probe) {
        states.probe(owner);
        executor.execute(() -> {
            try {
                probe.run();
                failing.remove(owner);
            } catch (LmStudioFailure | ExecutionException | CompletionException failure) {
                report(owner, operation, failure);
            } catch (CancellationException | InterruptedException e) {
                // The agent is stopping: there is nothing to trigger.
                return;
            }
            states.probed(owner);
            trigger.accept(owner);
        });
    }

    private void report(ResourceID owner, String operation, Exception failure) {
        if (failing.add(owner)) {
            LogEvent.of("Request to LM Studio failed; retrying")
                    .about(owner)
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
