package dev.lmstudiooperator.benchmark;

import dev.lmstudiooperator.agent.observer.Change;
import dev.lmstudiooperator.agent.observer.Observer;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.verification.Verifier;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.cli.LmsCli;
import dev.lmstudiooperator.lmstudio.cli.LmsSettings;
import dev.lmstudiooperator.lmstudio.cli.LmsSettings.Deadlines;
import dev.lmstudiooperator.lmstudio.http.HttpSettings;
import dev.lmstudiooperator.lmstudio.http.LmStudioHttp;
import dev.lmstudiooperator.lmstudio.resilience.ResilienceSettings;
import dev.lmstudiooperator.lmstudio.resilience.ResilientCli;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;

/** The complete access of the agent to LM Studio, without Kubernetes. */
final class Adapter implements AutoCloseable {

    private static final ResilienceSettings GUARD = new ResilienceSettings(
            3, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMillis(200), 5, Duration.ofSeconds(60), 4);

    static final Duration TTL = Duration.ofMinutes(10);
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final Duration NEVER = Duration.ofHours(1);

    private final ResilientCli cli;
    private final LmStudioHttp api;
    private final Observer observer;
    private final Verifier verifier;

    Adapter(SimulatorProcess lmStudio) {
        SteadyClock clock = SteadyClock.ofThisMachine();
        LmsSettings settings = new LmsSettings(
                lmStudio.lmsExecutable(),
                lmStudio.home(),
                lmStudio.serverInfoFile(),
                Path.of(System.getProperty("java.io.tmpdir")),
                new Deadlines(DEADLINE, DEADLINE, DEADLINE, DEADLINE, DEADLINE),
                Duration.ofSeconds(2),
                32L * 1024 * 1024);
        cli = new ResilientCli(new LmsCli(settings), GUARD, (operation, duration, failure) -> {}, clock);
        api = new LmStudioHttp(new HttpSettings(
                lmStudio.httpUrl(), null, Duration.ofSeconds(2), Duration.ofSeconds(5), 32 * 1024 * 1024));
        observer = new Observer(
                cli, api, clock, new Observer.Intervals(NEVER, NEVER, NEVER, NEVER), new IgnoringListener());
        verifier = new Verifier(api, clock);
        observer.start();
    }

    /** Returns the number of instances. */
    int list() throws Exception {
        return cli.listLoaded().size();
    }

    void load(String modelKey, String identifier) throws Exception {
        cli.load(new LoadRequest(modelKey, identifier, TTL, null, null, null, null));
    }

    /** Runs both checks again, like after a load. */
    VerificationOutcome verify(Desired desired) throws Exception {
        Observation observation = observer.resync().get();
        return verifier.check(desired, observation, new Verifier.Before(null, null, false), () -> observation);
    }

    static Desired desired(String modelKey, String identifier) {
        return Desired.of(Serialization.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: %s, namespace: benchmark, generation: 1}
                spec: {model: %s}
                """.formatted(identifier, modelKey), ManagedModel.class));
    }

    @Override
    public void close() {
        observer.close();
        api.close();
    }

    private static final class IgnoringListener implements Observer.Listener {
        @Override
        public void changed(Change change) {}
    }
}
