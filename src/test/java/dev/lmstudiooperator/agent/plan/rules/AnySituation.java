package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Copies.copy;
import static dev.lmstudiooperator.agent.plan.Situations.CONTEXT;
import static dev.lmstudiooperator.agent.plan.Situations.KEY;
import static dev.lmstudiooperator.agent.plan.Situations.NAME;
import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.REVISION;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.busy;
import static dev.lmstudiooperator.agent.plan.Situations.check;
import static dev.lmstudiooperator.agent.plan.Situations.context;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.identifier;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.ofModel;
import static dev.lmstudiooperator.agent.plan.Situations.onDevice;
import static dev.lmstudiooperator.agent.plan.Situations.onDisk;
import static dev.lmstudiooperator.agent.plan.Situations.ttlOf;
import static dev.lmstudiooperator.agent.plan.Situations.unload;
import static dev.lmstudiooperator.agent.plan.Situations.usedAt;

import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.Situations;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Generates planner inputs of every kind, in any combination, including impossible ones. */
public class AnySituation extends DomainContextBase {

    private static final UnaryOperator<Situations> SAME = UnaryOperator.identity();

    @Provide
    Arbitrary<Situations> situations() {
        return Combinators.combine(Stream.of(desired(), observed(), remembered(), around())
                        .flatMap(List::stream)
                        .toList())
                .as(changes ->
                        changes.stream().reduce(given(), (situation, change) -> change.apply(situation), (a, b) -> b));
    }

    private static List<Arbitrary<UnaryOperator<Situations>>> desired() {
        return List.of(
                oneOf(SAME, Situations::temporary),
                oneOf(SAME, SAME, Situations::pulled),
                oneOf(SAME, SAME, Situations::suspended),
                oneOf(SAME, SAME, Situations::deleted),
                Arbitraries.of(DeletionPolicy.class).map(policy -> s -> s.deletionPolicy(policy)),
                Arbitraries.of(VerificationMode.class).map(mode -> s -> s.mode(mode)),
                oneOf(SAME, s -> s.load(CONTEXT, null), s -> s.load(8192, 2)),
                oneOf(SAME, SAME, s -> s.revision("revision-2")),
                oneOf(SAME, s -> s.ttl(Duration.ofSeconds(30))),
                oneOf(SAME, s -> s.drain(0), s -> s.drain(5)),
                oneOf(SAME, s -> s.checkPeriod(5)));
    }

    private static List<Arbitrary<UnaryOperator<Situations>>> observed() {
        return List.of(
                oneOf(SAME, Situations::loaded, s -> s.instances(List.of(s.wanted()))),
                oneOf(SAME, SAME, s -> s.with(context(1))),
                oneOf(SAME, SAME, s -> s.with(ttlOf(null))),
                oneOf(SAME, SAME, s -> s.with(ofModel("other"))),
                oneOf(SAME, SAME, s -> s.with(busy())),
                oneOf(SAME, s -> s.with(usedAt(ago(5))), s -> s.with(usedAt(ago(500)))),
                oneOf(SAME, SAME, SAME, s -> s.besides(onDevice("laptop").apply(instance()))),
                foreign().list().ofMaxSize(2).map(list -> s -> s.besides(list.toArray(Instance[]::new))),
                Arbitraries.integers().between(0, 20).map(seconds -> s -> s.lookedAt(ago(seconds))),
                oneOf(SAME, SAME, SAME, Situations::lmStudioUnknown),
                oneOf(
                        SAME,
                        SAME,
                        Situations::downloadsUnknown,
                        Situations::downloads,
                        s -> s.downloads(onDisk(KEY, "laptop"), onDisk("other", null))),
                oneOf(
                        SAME,
                        Situations::apiUnknown,
                        s -> s.apiLists(NOW, new ServedInstance(KEY, NAME, CONTEXT, null))));
    }

    private static List<Arbitrary<UnaryOperator<Situations>>> remembered() {
        return List.of(
                oneOf(SAME, SAME, SAME, s -> s.observedGeneration(-1), s -> s.observedGeneration(0)),
                oneOf(SAME, s -> s.begun(REVISION), s -> s.begun("revision-0")),
                oneOf(SAME, SAME, s -> s.done(REVISION), s -> s.done("revision-0")),
                oneOf(SAME, SAME, SAME, SAME, Situations::interrupted),
                oneOf(
                        SAME,
                        Situations::adopted,
                        s -> s.recorded(s.recordedNow()),
                        s -> s.recorded(Situations.recordedAt(ago(1)))),
                oneOf(SAME, s -> s.differsSince(ago(10)), s -> s.differsSince(ago(100))),
                oneOf(SAME, s -> s.drainsSince(ago(4)), s -> s.drainsSince(ago(100))),
                oneOf(
                        SAME,
                        SAME,
                        s -> s.failure(Reason.LOAD_FAILED, ago(5), in(5)),
                        s -> s.failure(Reason.VERIFICATION_FAILED, ago(9), ago(4)),
                        s -> s.failure(Reason.DOWNLOAD_FAILED, ago(5), in(5)),
                        s -> s.failure(Reason.SETTINGS_NOT_HONORED, ago(9), null)),
                oneOf(SAME, SAME, SAME, Situations::loading, s -> s.running(unload())),
                oneOf(SAME, SAME, Situations::probing),
                oneOf(SAME, SAME, SAME, s -> s.downloading(KEY, null), s -> s.downloading("other", null)),
                checks().injectNull(0.2).map(check -> s -> s.history("lastCheck", check)),
                oneOf(SAME, s -> s.toldProof("It is served")),
                oneOf(SAME, s -> s.renewedAt(ago(3)), s -> s.renewedAt(ago(300))));
    }

    private static List<Arbitrary<UnaryOperator<Situations>>> around() {
        return List.of(
                Arbitraries.of(0, 10, 600).map(seconds -> s -> s.changedAt(ago(seconds))),
                oneOf(SAME, SAME, s -> s.turnOf("team-a/chat")),
                oneOf(SAME, SAME, s -> s.downloadTurnOf("team-a/chat")),
                oneOf(SAME, SAME, SAME, SAME, s -> s.interruptedLoadOf("team-a/chat")),
                oneOf(SAME, SAME, SAME, s -> s.olderClaimant("team-a/older")),
                oneOf(SAME, SAME, SAME, s -> s.youngerClaimant("team-b/younger")),
                oneOf(SAME, SAME, SAME, s -> s.leaseOverdue(true)),
                oneOf(SAME, SAME, s -> s.provenSince(ago(20)), s -> s.provenSince(in(3600))));
    }

    static Arbitrary<Instance> foreign() {
        Arbitrary<UnaryOperator<Instance>> drift =
                Arbitraries.of(List.of(context(1), ttlOf(null), busy(), onDevice("phone")));
        return Combinators.combine(Arbitraries.of("foreign", KEY), drift)
                .as((name, change) -> change.apply(identifier(name).apply(instance())));
    }

    private static Arbitrary<VerificationOutcome> checks() {
        return Combinators.combine(
                        Arbitraries.of(VerificationResult.class),
                        Arbitraries.of(VerificationMode.class),
                        Arbitraries.of(0, 4, 30, 65, 3000),
                        Arbitraries.of(1, 3))
                .as((result, mode, seconds, times) -> copy(
                        result == VerificationResult.PASSED
                                ? check(result, Reason.VERIFIED, ago(seconds), 0)
                                : check(result, Reason.VERIFICATION_FAILED, ago(seconds), times),
                        "mode",
                        mode));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Arbitrary<UnaryOperator<Situations>> oneOf(UnaryOperator<Situations>... changes) {
        return Arbitraries.of(List.of(changes));
    }
}
