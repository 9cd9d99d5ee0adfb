package dev.lmstudiooperator.agent.lmstudionode;

import static dev.lmstudiooperator.agent.lmstudionode.Known.NOW;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.CircuitBreaker;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.Feature;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeInstance;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeMemory;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeModel;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioServer.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests which node status follows from the known state. */
class NodeStatusFactoryTest {

    @Test
    void statusContainsEverythingKnown() {
        Observation observation = Known.observation(
                List.of(Known.instance("mine", 2_500_000_000L), Known.instance("theirs", 1_000_000_000L)),
                List.of(Known.model("qwen"), Known.model("llama")));

        LMStudioNodeStatus status = NodeStatusFactory.status(
                new NodeStatusFactory.Input(observation, Known.FACTS, Known.owners("mine"), released -> false, "uid-1"),
                Known.SETTINGS,
                Known.fresh(),
                NOW);

        assertThat(status)
                .isEqualTo(new LMStudioNodeStatus(
                        1L,
                        "uid-1",
                        "07b7252",
                        "0.4.21",
                        true,
                        "http://127.0.0.1:1234",
                        Feature.ON,
                        Feature.OFF,
                        Feature.OFF,
                        CircuitBreaker.CLOSED,
                        new NodeMemory(48_000_000_000L, 3_500_000_000L, "3.5 GB of 48.0 GB"),
                        2,
                        List.of(
                                new NodeInstance(
                                        "mine",
                                        "qwen",
                                        2_500_000_000L,
                                        new ManagedModelReference("models", "mine", "uid-of-mine"),
                                        DeletionPolicy.UNLOAD),
                                new NodeInstance("theirs", "qwen", 1_000_000_000L, null, null)),
                        List.of(new NodeModel("llama", 5L), new NodeModel("qwen", 5L)),
                        null,
                        List.of(new StatusConditions.Setter(List.of(), 1, NOW)
                                .condition(
                                        ConditionType.READY,
                                        ConditionStatus.TRUE,
                                        Reason.REACHABLE,
                                        "LM Studio answers the CLI and the HTTP API"))));
    }

    @Test
    void unreportedValueIsAbsent() {
        NodeStatusFactory.Input silent = new NodeStatusFactory.Input(
                Known.NOTHING_LOADED, new ServerInfo(null, null, null, null), Map.of(), released -> false, null);

        LMStudioNodeStatus status = NodeStatusFactory.status(silent, Known.SETTINGS, Known.fresh(), NOW);

        assertThat(status.cliVersion()).isNull();
        assertThat(status.serverVersion()).isNull();
        assertThat(status.jitLoading()).isNull();
        assertThat(status.authentication()).isNull();
        assertThat(status.nodeUID()).isNull();
    }

    @Test
    void advertisedAddressReplacesTheAddressOfTheAgent() {
        LMStudioNode current = Known.fresh();
        current.setSpec(new LMStudioNodeSpec(null, null, "https://gpu-1.example.org", null));

        LMStudioNodeStatus status =
                NodeStatusFactory.status(Known.knowledge(Known.NOTHING_LOADED), Known.SETTINGS, current, NOW);

        assertThat(status.apiAddress()).isEqualTo("https://gpu-1.example.org");
    }

    @Test
    void objectWithoutSpecAndStatusGetsAStatus() {
        LMStudioNode current = Known.fresh();
        current.setSpec(null);
        current.setStatus(null);

        LMStudioNodeStatus status =
                NodeStatusFactory.status(Known.knowledge(Known.NOTHING_LOADED), Known.SETTINGS, current, NOW);

        assertThat(NodeStatusFactory.hasChanged(status, current)).isTrue();
        assertThat(status.loadedModels()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"VERSION_MISMATCH, false", "UNREACHABLE,", "TIMED_OUT,", "NOT_OBSERVED_YET,", "UNREADABLE_OUTPUT,"})
    void versionsMatchIsTakenFromTheLastConversation(Kind kind, @Nullable Boolean expected) {
        assertThat(Known.status(withoutPs(Known.NOTHING_LOADED, kind)).versionsMatch())
                .isEqualTo(expected);
        assertThat(Known.status(Known.NOTHING_LOADED).versionsMatch()).isTrue();
    }

    @Test
    void instancesAreUnmanagedUnlessAManagedModelNamesThem() {
        Observation observation = Known.observation(
                List.of(Known.instance("b", 1), Known.instance("a", 1), Known.instance("a:2", 1)), List.of());

        assertThat(requireNonNull(Known.status(observation, "a", "absent").instances()))
                .extracting(NodeInstance::identifier, NodeInstance::managedModel)
                .containsExactly(tuple("a", Known.owner("a").managedModel()), tuple("a:2", null), tuple("b", null));
    }

    @Test
    void ownerIsKeptUntilTheAgentReleasesItsManagedModel() {
        Observation observation = Known.observation(List.of(Known.instance("chat", 1)), List.of());
        LMStudioNode owned = Known.current(Known.status(observation, "chat"));
        ManagedModelReference chat = Known.owner("chat").managedModel();

        assertThat(ownersOf(observation, released -> false, owned)).containsExactly(chat);
        assertThat(ownersOf(observation, chat::equals, owned)).isEmpty();
    }

    private static List<ManagedModelReference> ownersOf(
            Observation observation, Predicate<ManagedModelReference> isReleased, LMStudioNode before) {
        NodeStatusFactory.Input knowledge =
                new NodeStatusFactory.Input(observation, Known.FACTS, Map.of(), isReleased, null);
        return requireNonNull(NodeStatusFactory.status(knowledge, Known.SETTINGS, before, NOW)
                        .instances())
                .stream()
                .flatMap(instance -> Stream.ofNullable(instance.managedModel()))
                .toList();
    }

    @Test
    void listsAreBoundedAndTheRestIsCounted() {
        List<Instance> instances = IntStream.range(0, 250)
                .mapToObj(i -> Known.instance("i-%03d".formatted(249 - i), 1))
                .toList();
        List<DownloadedModel> models = IntStream.range(0, 250)
                .mapToObj(i -> Known.model("m-%03d".formatted(249 - i)))
                .toList();

        LMStudioNodeStatus status = Known.status(Known.observation(instances, models));

        assertThat(status.loadedModels()).isEqualTo(250);
        assertThat(status.instances()).hasSize(LMStudioNodeStatus.LONGEST_LIST);
        assertThat(requireNonNull(status.instances()).getLast().identifier()).isEqualTo("i-099");
        assertThat(status.models()).hasSize(LMStudioNodeStatus.LONGEST_LIST);
        assertThat(requireNonNull(status.models()).getLast().key()).isEqualTo("m-099");
        assertThat(status.moreModels()).isEqualTo(150);
        assertThat(requireNonNull(status.memory()).loadedBytes()).isEqualTo(250);
    }

    @Test
    void listThatJustFitsLeavesNothingOut() {
        List<DownloadedModel> models = IntStream.range(0, LMStudioNodeStatus.LONGEST_LIST)
                .mapToObj(i -> Known.model("m-" + i))
                .toList();

        assertThat(Known.status(Known.observation(List.of(), models)).moreModels())
                .isNull();
    }

    @Test
    void whatLinkedDevicesHaveIsNotOnThisMachine() {
        Observation observation = Known.observation(
                List.of(Known.instance("here", 3), Known.instance("there", 4, "peer")),
                List.of(
                        Known.model("here"),
                        Known.model("shared"),
                        Known.model("shared", "peer"),
                        Known.model("there", "peer")));

        LMStudioNodeStatus status = Known.status(observation);

        assertThat(status.lmLink()).isEqualTo(Feature.ON);
        assertThat(status.loadedModels()).isEqualTo(1);
        assertThat(requireNonNull(status.instances()))
                .extracting(NodeInstance::identifier)
                .containsExactly("here");
        assertThat(requireNonNull(status.models())).extracting(NodeModel::key).containsExactly("here", "shared");
        assertThat(requireNonNull(status.memory()).loadedBytes()).isEqualTo(3);
    }

    @Test
    void linkThatIsListedAnywhereIsOn() {
        assertThat(Known.status(Known.observation(List.of(), List.of(Known.model("m", "peer"))))
                        .lmLink())
                .isEqualTo(Feature.ON);
        assertThat(Known.status(Known.observation(List.of(Known.instance("i", 1, "peer")), List.of()))
                        .lmLink())
                .isEqualTo(Feature.ON);
        assertThat(Known.status(Known.NOTHING_LOADED).lmLink()).isEqualTo(Feature.OFF);
    }

    /** LM Studio defines the order of {@code lms ls}. */
    @Test
    void keyThatIsListedTwiceIsReportedOnce() {
        Observation observation =
                Known.observation(List.of(), List.of(Known.model("m"), Known.model("a"), Known.model("m")));

        assertThat(requireNonNull(Known.status(observation).models()))
                .extracting(NodeModel::key)
                .containsExactly("a", "m");
    }

    @Test
    void failedReadsKeepTheLastKnownLists() {
        Observation listed = Known.observation(
                List.of(Known.instance("mine", 2_500_000_000L), Known.instance("linked", 1, "peer")),
                List.of(Known.model("qwen")));
        LMStudioNodeStatus before = Known.status(listed, "mine");
        InfrastructureFailure down = new InfrastructureFailure(Kind.UNREACHABLE, "down");

        LMStudioNodeStatus after = NodeStatusFactory.status(
                Known.knowledge(new Observation(Known.unknown(down), Known.unknown(down), Known.unknown(down))),
                Known.SETTINGS,
                Known.current(before),
                NOW);

        assertThat(after.instances()).isEqualTo(before.instances());
        assertThat(after.loadedModels()).isEqualTo(before.loadedModels());
        assertThat(after.models()).isEqualTo(before.models());
        assertThat(after.memory()).isEqualTo(before.memory());
        assertThat(after.lmLink()).isEqualTo(Feature.ON);
        assertThat(ready(after))
                .extracting(Condition::getStatus, Condition::getReason)
                .containsExactly("False", "LMStudioUnreachable");
    }

    @Test
    void listThatWasNeverReadIsAbsent() {
        InfrastructureFailure down = new InfrastructureFailure(Kind.UNREACHABLE, "down");

        LMStudioNodeStatus status =
                Known.status(new Observation(Known.unknown(down), Known.unknown(down), Known.unknown(down)));

        assertThat(status.loadedModels()).isNull();
        assertThat(status.instances()).isNull();
        assertThat(status.models()).isNull();
        assertThat(status.lmLink()).isNull();
        assertThat(status.memory()).isEqualTo(new NodeMemory(48_000_000_000L, null, "? of 48.0 GB"));
    }

    @Test
    void unknownMemoryIsOmitted() {
        NodeStatusSyncer.Settings unlimited =
                new NodeStatusSyncer.Settings("gpu-1", Known.SETTINGS.labels(), Known.SETTINGS.apiAddress(), null);
        NodeStatusFactory.Input known =
                Known.knowledge(Known.observation(List.of(Known.instance("a", 12_000_000_000L)), List.of()));

        assertThat(NodeStatusFactory.status(known, unlimited, Known.fresh(), NOW)
                        .memory())
                .isEqualTo(new NodeMemory(null, 12_000_000_000L, "12.0 GB"));
    }

    @Test
    void sizesThatNoMachineHasDoNotOverflow() {
        Observation absurd =
                Known.observation(List.of(Known.instance("a", Long.MAX_VALUE), Known.instance("b", 5)), List.of());

        assertThat(requireNonNull(Known.status(absurd).memory()).loadedBytes()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void textOfOthersIsSanitizedAndShortened() {
        Observation hostile = Known.observation(
                List.of(Known.instance("a\u001b[2J\u0000b" + "x".repeat(10_000), 1)), List.of(Known.model("k\n\ny")));

        LMStudioNodeStatus status = Known.status(hostile);

        assertThat(requireNonNull(status.instances()).getFirst().identifier())
                .startsWith("a b")
                .hasSize(512);
        assertThat(requireNonNull(status.models()).getFirst().key()).isEqualTo("k y");
    }

    @Test
    void activityOfClientsIsNoChange() {
        Observation idle = Known.observation(List.of(Known.instance("a", 1)), List.of());
        Observation busy = Known.observation(
                List.of(anInstance("a", "qwen")
                        .usedAt(NOW)
                        .activity(Activity.GENERATING)
                        .queued(3)
                        .sizeBytes(1)
                        .build()),
                List.of());
        LMStudioNode current = Known.current(Known.status(idle));

        LMStudioNodeStatus status =
                NodeStatusFactory.status(Known.knowledge(busy), Known.SETTINGS, current, NOW.plusSeconds(60));

        assertThat(NodeStatusFactory.hasChanged(status, current)).isFalse();
    }

    @Test
    void conditionsOfOthersAreNoChange() {
        LMStudioNodeStatus status = Known.status(Known.NOTHING_LOADED);
        List<Condition> conditions = new ArrayList<>(requireNonNull(status.conditions()));
        conditions.add(new StatusConditions.Setter(List.of(), 1, NOW)
                .condition(ConditionType.SCHEDULED, ConditionStatus.TRUE, Reason.BOUND, "of another writer"));

        LMStudioNode current = Known.current(status.with(conditions));

        assertThat(NodeStatusFactory.hasChanged(status, current)).isFalse();
    }

    @Test
    void agentReplacesTheConditionsOfTheControllerAfterARecovery() {
        LMStudioNodeStatus status = Known.status(Known.NOTHING_LOADED);
        Condition lost = new StatusConditions.Setter(List.of(), 1, NOW.plusSeconds(40))
                .condition(ConditionType.READY, ConditionStatus.UNKNOWN, Reason.AGENT_LOST, "silent");
        LMStudioNode current = Known.current(status.with(List.of(lost)));

        LMStudioNodeStatus after = NodeStatusFactory.status(
                Known.knowledge(Known.NOTHING_LOADED), Known.SETTINGS, current, NOW.plusSeconds(90));

        assertThat(NodeStatusFactory.hasChanged(after, current)).isTrue();
        assertThat(ready(after))
                .extracting(Condition::getReason, Condition::getLastTransitionTime)
                .containsExactly("Reachable", "2026-01-01T12:01:30Z");
    }

    @Test
    void changedSpecIsObserved() {
        LMStudioNode current = Known.current(Known.status(Known.NOTHING_LOADED));
        current.getMetadata().setGeneration(2L);

        LMStudioNodeStatus status =
                NodeStatusFactory.status(Known.knowledge(Known.NOTHING_LOADED), Known.SETTINGS, current, NOW);

        assertThat(NodeStatusFactory.hasChanged(status, current)).isTrue();
        assertThat(status.observedGeneration()).isEqualTo(2);
    }

    /** A status that was written and read back does not change, even one minute later. */
    @Property
    void atRestNothingIsNews(
            @ForAll @Size(max = 130) List<String> identifiers,
            @ForAll @Size(max = 130) List<String> keys,
            @ForAll @LongRange(min = 0) long size,
            @ForAll @Nullable Boolean isJitLoading,
            @ForAll Kind kind,
            @ForAll boolean isListed) {
        Observation listed = Known.observation(
                identifiers.stream().map(name -> Known.instance(name, size)).toList(),
                keys.stream().map(Known::model).toList());
        NodeStatusFactory.Input known = new NodeStatusFactory.Input(
                isListed ? listed : withoutPs(listed, kind),
                new ServerInfo(null, "0.4.21", isJitLoading, null),
                Known.owners(identifiers.stream().limit(1).toArray(String[]::new)),
                released -> false,
                null);
        LMStudioNode current = Known.current(NodeStatusFactory.status(known, Known.SETTINGS, Known.fresh(), NOW));
        LMStudioNode read = Serialization.unmarshal(Serialization.asJson(current), LMStudioNode.class);

        LMStudioNodeStatus again =
                NodeStatusFactory.status(known, Known.SETTINGS, read, NOW.plus(Duration.ofMinutes(1)));

        assertThat(NodeStatusFactory.hasChanged(again, read)).isFalse();
        assertThat(Stream.of(again.instances(), again.models())
                        .filter(list -> list != null)
                        .map(List::size))
                .allMatch(length -> length <= LMStudioNodeStatus.LONGEST_LIST);
    }

    private static Observation withoutPs(Observation observation, Kind kind) {
        return new Observation(
                Known.unknown(new InfrastructureFailure(kind, "why")), observation.downloaded(), observation.served());
    }

    private static Condition ready(LMStudioNodeStatus status) {
        return requireNonNull(status.conditions()).getFirst();
    }

    @Test
    void openCircuitBreakerIsReported() {
        Observation observation = Known.observation(List.of(), List.of());
        InfrastructureFailure open = new InfrastructureFailure(
                Kind.CIRCUIT_OPEN, "left alone. Next attempt at 2026-01-01T12:01:00Z", NOW, null);

        LMStudioNodeStatus status =
                Known.status(new Observation(Known.unknown(open), observation.downloaded(), observation.served()));

        assertThat(status.circuitBreaker()).isEqualTo(CircuitBreaker.OPEN);
        assertThat(ready(status).getReason()).isEqualTo("CircuitBreakerOpen");
        assertThat(ready(status).getMessage()).contains("Next attempt at 2026-01-01T12:01:00Z");
    }
}
