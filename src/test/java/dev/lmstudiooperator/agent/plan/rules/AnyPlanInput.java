package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.CONTEXT;
import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NAME;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.REVISION;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.busy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.check;
import static dev.lmstudiooperator.agent.plan.PlanInputs.context;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.identifier;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.instance;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ofModel;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDevice;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDisk;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ttlOf;
import static dev.lmstudiooperator.agent.plan.PlanInputs.unload;
import static dev.lmstudiooperator.agent.plan.PlanInputs.usedAt;

import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.PlanInputs;
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
public class AnyPlanInput extends DomainContextBase {

    private static final UnaryOperator<PlanInputs> SAME = UnaryOperator.identity();

    @Provide
    Arbitrary<PlanInputs> planInputs() {
        return Combinators.combine(Stream.of(desired(), observed(), remembered(), around())
                        .flatMap(List::stream)
                        .toList())
                .as(changes -> changes.stream().reduce(given(), (input, change) -> change.apply(input), (a, b) -> b));
    }

    private static List<Arbitrary<UnaryOperator<PlanInputs>>> desired() {
        return List.of(
                oneOf(SAME, PlanInputs::temporary),
                oneOf(SAME, SAME, PlanInputs::pulled),
                oneOf(SAME, SAME, PlanInputs::suspended),
                oneOf(SAME, SAME, PlanInputs::deleted),
                Arbitraries.of(DeletionPolicy.class).map(policy -> s -> s.deletionPolicy(policy)),
                Arbitraries.of(VerificationMode.class).map(mode -> s -> s.mode(mode)),
                oneOf(SAME, s -> s.load(CONTEXT, null), s -> s.load(8192, 2)),
                oneOf(SAME, SAME, s -> s.revision("revision-2")),
                oneOf(SAME, s -> s.ttl(Duration.ofSeconds(30))),
                oneOf(SAME, s -> s.drain(0), s -> s.drain(5)),
                oneOf(SAME, s -> s.checkPeriod(5)));
    }

    private static List<Arbitrary<UnaryOperator<PlanInputs>>> observed() {
        return List.of(
                oneOf(SAME, PlanInputs::loaded, s -> s.instances(List.of(s.wanted()))),
                oneOf(SAME, SAME, s -> s.with(context(1))),
                oneOf(SAME, SAME, s -> s.with(ttlOf(null))),
                oneOf(SAME, SAME, s -> s.with(ofModel("other"))),
                oneOf(SAME, SAME, s -> s.with(busy())),
                oneOf(SAME, s -> s.with(usedAt(ago(5))), s -> s.with(usedAt(ago(500)))),
                oneOf(SAME, SAME, SAME, s -> s.besides(onDevice("laptop").apply(instance()))),
                foreign().list().ofMaxSize(2).map(list -> s -> s.besides(list.toArray(Instance[]::new))),
                Arbitraries.integers().between(0, 20).map(seconds -> s -> s.observedAt(ago(seconds))),
                oneOf(SAME, SAME, SAME, PlanInputs::lmStudioUnknown),
                oneOf(
                        SAME,
                        SAME,
                        PlanInputs::downloadsUnknown,
                        PlanInputs::downloads,
                        s -> s.downloads(onDisk(KEY, "laptop"), onDisk("other", null))),
                oneOf(
                        SAME,
                        PlanInputs::apiUnknown,
                        s -> s.apiLists(NOW, new ServedInstance(KEY, NAME, CONTEXT, null))));
    }

    private static List<Arbitrary<UnaryOperator<PlanInputs>>> remembered() {
        return List.of(
                oneOf(SAME, SAME, SAME, s -> s.observedGeneration(-1), s -> s.observedGeneration(0)),
                oneOf(SAME, s -> s.begun(REVISION), s -> s.begun("revision-0")),
                oneOf(SAME, SAME, s -> s.done(REVISION), s -> s.done("revision-0")),
                oneOf(SAME, SAME, SAME, SAME, PlanInputs::interrupted),
                oneOf(
                        SAME,
                        PlanInputs::adopted,
                        s -> s.recorded(s.recordedNow()),
                        s -> s.recorded(PlanInputs.recordedAt(ago(1)))),
                oneOf(SAME, s -> s.differsSince(ago(10)), s -> s.differsSince(ago(100))),
                oneOf(SAME, s -> s.drainsSince(ago(4)), s -> s.drainsSince(ago(100))),
                oneOf(
                        SAME,
                        SAME,
                        s -> s.failure(Reason.LOAD_FAILED, ago(5), in(5)),
                        s -> s.failure(Reason.VERIFICATION_FAILED, ago(9), ago(4)),
                        s -> s.failure(Reason.DOWNLOAD_FAILED, ago(5), in(5)),
                        s -> s.failure(Reason.SETTINGS_NOT_HONORED, ago(9), null)),
                oneOf(SAME, SAME, SAME, PlanInputs::loading, s -> s.running(unload())),
                oneOf(SAME, SAME, PlanInputs::probing),
                oneOf(SAME, SAME, SAME, s -> s.downloading(KEY, null), s -> s.downloading("other", null)),
                checks().injectNull(0.2).map(check -> s -> s.history("lastCheck", check)),
                oneOf(SAME, s -> s.reportedVerification("It is served")),
                oneOf(SAME, s -> s.renewedAt(ago(3)), s -> s.renewedAt(ago(300))),
                oneOf(
                        SAME,
                        SAME,
                        PlanInputs::published,
                        s -> s.publication(true, false, ago(10)),
                        s -> s.publication(true, false, ago(40)),
                        s -> s.publication(false, false, ago(10))));
    }

    private static List<Arbitrary<UnaryOperator<PlanInputs>>> around() {
        return List.of(
                Arbitraries.of(0, 10, 600).map(seconds -> s -> s.changedAt(ago(seconds))),
                oneOf(SAME, SAME, s -> s.slotHolder("team-a/chat")),
                oneOf(SAME, SAME, s -> s.downloadSlotHolder("team-a/chat")),
                oneOf(SAME, SAME, SAME, SAME, s -> s.interruptedLoadOf("team-a/chat")),
                oneOf(SAME, SAME, SAME, s -> s.olderOwner("team-a/older")),
                oneOf(SAME, SAME, SAME, s -> s.newerOwner("team-b/younger")),
                oneOf(SAME, SAME, SAME, s -> s.leaseOverdue(true)),
                oneOf(SAME, SAME, s -> s.heldSince(ago(20)), s -> s.heldSince(in(3600))));
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
    private static Arbitrary<UnaryOperator<PlanInputs>> oneOf(UnaryOperator<PlanInputs>... changes) {
        return Arbitraries.of(List.of(changes));
    }
}
