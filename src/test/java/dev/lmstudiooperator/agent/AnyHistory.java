package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.LmStudioInMemory.Whim;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LoadSettings;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.Retention;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationSpec;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.domains.DomainContextBase;
import org.jspecify.annotations.Nullable;

/**
 * Generates histories of a node with up to four ManagedModels: changes by users and clients, unmanaged instances and
 * crashes.
 */
public class AnyHistory extends DomainContextBase {

    static final int STRANGERS_CONTEXT = 512;

    /** An event that happens after a delay. */
    record Disturbance(Duration after, String what, Consumer<SimulatedNode> action) {
        @Override
        public String toString() {
            return "after %s %s".formatted(after, what);
        }
    }

    /**
     * A history of a node.
     *
     * @param usualWhim the behavior of loads after the whims of the disturbances are used up
     */
    record History(int memory, Whim usualWhim, boolean doCancelledLoadsLand, List<Disturbance> disturbances) {}

    private record Doing(String what, Consumer<SimulatedNode> action) {}

    @Provide
    Arbitrary<History> histories() {
        return Combinators.combine(
                        Arbitraries.of(2, 4, 7, 20),
                        Arbitraries.frequency(
                                Tuple.of(12, Whim.NONE),
                                Tuple.of(1, Whim.CLAMPS_THE_CONTEXT),
                                Tuple.of(1, Whim.REFUSES),
                                Tuple.of(1, Whim.LOADS_NOTHING),
                                Tuple.of(1, Whim.LOADS_ANOTHER_MODEL),
                                Tuple.of(1, Whim.FAILS_WITH_THE_ENGINE)),
                        Arbitraries.of(true, false),
                        starts(),
                        disturbance().list().ofMaxSize(10))
                .as((memory, whim, land, starts, rest) -> new History(
                        memory,
                        whim,
                        land,
                        Stream.concat(starts.stream(), rest.stream()).toList()));
    }

    private static Arbitrary<List<Disturbance>> starts() {
        return disturbances(creation()).list().ofMinSize(1).ofMaxSize(3);
    }

    private static Arbitrary<Disturbance> disturbance() {
        return disturbances(Arbitraries.frequencyOf(
                Tuple.of(3, creation()),
                Tuple.of(3, change()),
                Tuple.of(2, name().map(n -> new Doing("deletes " + n, node -> node.delete(n)))),
                Tuple.of(2, suspension()),
                Tuple.of(1, name().map(n -> new Doing("asks to reload " + n, node -> node.askForReload(n)))),
                Tuple.of(
                        3,
                        identifier()
                                .map(i -> new Doing(
                                        "evicts " + i, node -> node.lmStudio().evict(i)))),
                Tuple.of(3, strangersLoad()),
                Tuple.of(2, use()),
                Tuple.of(
                        1,
                        Arbitraries.of(5, 25, 100)
                                .map(s -> new Doing("hides for " + s, node -> node.lmStudio()
                                        .blind(Duration.ofSeconds(s))))),
                Tuple.of(
                        2,
                        Arbitraries.of(true, false)
                                .map(has -> new Doing("kills the agent " + has, node -> node.restartAgent(has)))),
                Tuple.of(3, whims()),
                Tuple.of(2, lostLease()),
                Tuple.of(
                        2,
                        Arbitraries.of(-86_400, -100, 100, 86_400)
                                .map(s -> new Doing(
                                        "sets the wall clock by " + s,
                                        node -> node.setWallClock(Duration.ofSeconds(s))))),
                Tuple.of(1, Arbitraries.just(new Doing("downloads", node -> node.lmStudio()
                        .downloadedByOthers(LmStudioInMemory.MISSING))))));
    }

    private static Arbitrary<Disturbance> disturbances(Arbitrary<Doing> doings) {
        return Combinators.combine(Arbitraries.of(0, 1, 400, 2_500, 5_100, 7_000, 70_000, 400_000), doings)
                .as((millis, doing) -> new Disturbance(Duration.ofMillis(millis), doing.what(), doing.action()));
    }

    private static Arbitrary<Doing> creation() {
        return Combinators.combine(name(), specs())
                .as((name, spec) -> new Doing("creates %s: %s".formatted(name, spec), node -> node.create(name, spec)));
    }

    private static Arbitrary<Doing> change() {
        return Combinators.combine(name(), specs())
                .as((name, spec) -> new Doing(
                        "changes %s: %s".formatted(name, spec),
                        node -> node.change(name, before -> named(spec, before.identifier(), before.suspend()))));
    }

    private static Arbitrary<Doing> suspension() {
        return Combinators.combine(name(), Arbitraries.of(true, false))
                .as((name, isSuspended) -> new Doing(
                        "suspends %s: %s".formatted(name, isSuspended),
                        node -> node.change(name, before -> named(before, before.identifier(), isSuspended))));
    }

    private static Arbitrary<Doing> strangersLoad() {
        return Combinators.combine(
                        Arbitraries.of("m0", "m1", "shared", "m0:2", "m1:3", "shared:2", SimulatedNode.STRANGER),
                        Arbitraries.of(LmStudioInMemory.SMALL, LmStudioInMemory.BIG),
                        Arbitraries.of(60, 600, 0),
                        Arbitraries.of(STRANGERS_CONTEXT, LmStudioInMemory.CONTEXT, 8192))
                .as((identifier, key, ttl, context) -> new Doing(
                        "a stranger loads %s as %s, TTL %d, context %d".formatted(key, identifier, ttl, context),
                        node -> node.strangersOwn(identifier)
                                .loadedByOthers(
                                        identifier,
                                        key,
                                        ttl == 0 || identifier.contains(":") ? null : Duration.ofSeconds(ttl),
                                        identifier.contains(":") ? STRANGERS_CONTEXT : context)));
    }

    private static Arbitrary<Doing> use() {
        return Combinators.combine(identifier(), Arbitraries.of(0, 10, 90))
                .as((identifier, seconds) ->
                        new Doing("a client uses %s for %d s".formatted(identifier, seconds), node -> node.lmStudio()
                                .use(identifier, Duration.ofSeconds(seconds))));
    }

    private static Arbitrary<Doing> lostLease() {
        return Combinators.combine(Arbitraries.of(5, 100, 300), Arbitraries.of(true, false))
                .as((seconds, isApiServerReachable) -> new Doing(
                        "loses the Lease for %d s, is heard: %b".formatted(seconds, isApiServerReachable),
                        node -> node.loseTheLease(Duration.ofSeconds(seconds), isApiServerReachable)));
    }

    private static Arbitrary<Doing> whims() {
        return Arbitraries.of(Whim.class)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(whims -> new Doing(
                        "loads are to be " + whims, node -> node.lmStudio().whims(whims)));
    }

    private static Arbitrary<String> name() {
        return Arbitraries.of("m0", "m1", "m2", "m3");
    }

    private static Arbitrary<String> identifier() {
        return Arbitraries.of("m0", "m1", "m2", "m3", "shared", SimulatedNode.STRANGER);
    }

    private static Arbitrary<ManagedModelSpec> specs() {
        return Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(6, LmStudioInMemory.SMALL),
                                Tuple.of(3, LmStudioInMemory.BIG),
                                Tuple.of(1, LmStudioInMemory.MISSING)),
                        Arbitraries.of("shared").injectNull(0.7),
                        Arbitraries.of(60, 600).injectNull(0.3),
                        Arbitraries.of(Retention.class),
                        Arbitraries.of(8192).injectNull(0.6),
                        Arbitraries.of(VerificationMode.class),
                        Arbitraries.of(DeletionPolicy.class),
                        Arbitraries.of(0, 60))
                .as((model, identifier, ttl, retention, context, mode, policy, drain) -> new ManagedModelSpec(
                        model,
                        identifier,
                        ttl,
                        retention,
                        null,
                        null,
                        new LoadSettings(context == null ? null : new IntOrString(context), null, null),
                        null,
                        new VerificationSpec(mode, null, null, null, null, null, null),
                        policy,
                        drain,
                        null));
    }

    /** Copies a spec with another identifier and suspension. The identifier of an object is immutable. */
    static ManagedModelSpec named(ManagedModelSpec s, @Nullable String identifier, @Nullable Boolean isSuspended) {
        return new ManagedModelSpec(
                s.model(),
                identifier,
                s.ttlSeconds(),
                s.retention(),
                null,
                null,
                s.load(),
                null,
                s.verification(),
                s.deletionPolicy(),
                s.drainSeconds(),
                isSuspended);
    }
}
