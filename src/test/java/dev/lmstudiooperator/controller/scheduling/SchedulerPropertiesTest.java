package dev.lmstudiooperator.controller.scheduling;

import static dev.lmstudiooperator.controller.scheduling.Nodes.MODEL;
import static dev.lmstudiooperator.controller.scheduling.Nodes.SIZE;
import static dev.lmstudiooperator.controller.scheduling.Nodes.allowing;
import static dev.lmstudiooperator.controller.scheduling.Nodes.free;
import static dev.lmstudiooperator.controller.scheduling.Nodes.labelled;
import static dev.lmstudiooperator.controller.scheduling.Nodes.onDisk;
import static dev.lmstudiooperator.controller.scheduling.Nodes.withModels;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** Tests properties that hold for any nodes and any request. */
@PropertyDefaults(tries = 2_000)
class SchedulerPropertiesTest {

    private static final Map<String, String> NAMESPACE = Map.of("team", "a");
    private static final Pattern COUNT = Pattern.compile("(?:: |, )(\\d+) (?=is|are|has|have|lacks?|do|already)");

    private static final UnaryOperator<NodeInfo> SAME = UnaryOperator.identity();

    private final Scheduler placement = new Scheduler();

    @Property
    void somethingIsChosenJustWhenSomethingFits(
            @ForAll("specs") ManagedModelSpec spec, @ForAll("nodes") List<NodeInfo> nodes) {
        boolean isBound = placement.choose(spec, NAMESPACE, IdentifierClaim.NONE, nodes) instanceof Scheduler.Bound;

        assertThat(isBound)
                .isEqualTo(nodes.stream()
                        .anyMatch(node -> placement.mightFit(spec, NAMESPACE, IdentifierClaim.NONE, node)));
    }

    @Property
    void chosenIsTheBestOfWhatFits(@ForAll("specs") ManagedModelSpec spec, @ForAll("nodes") List<NodeInfo> nodes) {
        if (placement.choose(spec, NAMESPACE, IdentifierClaim.NONE, nodes) instanceof Scheduler.Bound bound) {
            boolean isSizeKnown = nodes.stream().anyMatch(node -> node.models().getOrDefault(MODEL, 0L) > 0);
            assertThat(nodes.stream()
                            .filter(node -> placement.mightFit(spec, NAMESPACE, IdentifierClaim.NONE, node))
                            .min(Comparator.comparing((NodeInfo node) -> !node.isReady())
                                    .thenComparing(node -> !node.models().containsKey(MODEL))
                                    .thenComparing(node -> isSizeKnown ? memoryRank(node) : 0)
                                    .thenComparing(NodeInfo::boundModels)
                                    .thenComparing(NodeInfo::name))
                            .map(NodeInfo::name))
                    .contains(bound.nodeName());
        }
    }

    @Property
    void orderOfTheNodesDoesNotMatter(
            @ForAll("specs") ManagedModelSpec spec, @ForAll("nodes") List<NodeInfo> nodes, @ForAll Random random) {
        List<NodeInfo> shuffled = new ArrayList<>(nodes);
        Collections.shuffle(shuffled, random);

        assertThat(placement.choose(spec, NAMESPACE, IdentifierClaim.NONE, shuffled))
                .isEqualTo(placement.choose(spec, NAMESPACE, IdentifierClaim.NONE, nodes));
    }

    @Property
    void everyNodeIsCountedOnce(@ForAll("specs") ManagedModelSpec spec, @ForAll("nodes") List<NodeInfo> nodes) {
        String message =
                placement.choose(spec, NAMESPACE, IdentifierClaim.NONE, nodes).message();

        if (message.startsWith("0/") && !message.contains("there is no LMStudioNode ")) {
            assertThat(message).startsWith("0/%d nodes are available: ".formatted(nodes.size()));
            assertThat(COUNT.matcher(message)
                            .results()
                            .mapToInt(result -> Integer.parseInt(result.group(1)))
                            .sum())
                    .as(message)
                    .isEqualTo(nodes.size());
        }
    }

    @Provide
    Arbitrary<ManagedModelSpec> specs() {
        return Arbitraries.of(
                Nodes.ANYWHERE,
                Nodes.pinnedTo("gpu-1"),
                Nodes.pinnedTo("gpu-9"),
                Nodes.selecting(Map.of("gpu", "a100")),
                Nodes.selecting(Map.of()),
                Nodes.spec("gpu-1", Map.of("gpu", "a100")));
    }

    @Provide
    Arbitrary<List<NodeInfo>> nodes() {
        return changes().stream()
                .reduce((one, other) -> Combinators.combine(one, other)
                        .as((first, second) -> candidate -> second.apply(first.apply(candidate))))
                .orElseThrow()
                .list()
                .ofMaxSize(6)
                .map(list -> IntStream.range(0, list.size())
                        .mapToObj(index -> list.get(index).apply(Nodes.node("gpu-" + index)))
                        .toList());
    }

    private static List<Arbitrary<UnaryOperator<NodeInfo>>> changes() {
        return List.of(
                oneOf(SAME, n -> labelled(n, "gpu", "a100"), n -> labelled(n, "gpu", "l4")),
                oneOf(SAME, SAME, SAME, Nodes::silent),
                oneOf(SAME, SAME, SAME, Nodes::unschedulable),
                oneOf(SAME, SAME, SAME, Nodes::notReady),
                oneOf(
                        SAME,
                        SAME,
                        n -> allowing(n, Nodes.labels("team", "a")),
                        n -> allowing(n, Nodes.labels("team", "b")),
                        n -> allowing(n, Nodes.expression("team", "Near"))),
                oneOf(SAME, n -> onDisk(n, MODEL, SIZE), n -> onDisk(n, MODEL, 0), n -> onDisk(n, "other", 1)),
                oneOf(SAME, n -> free(n, SIZE - 1), n -> free(n, SIZE)),
                oneOf(SAME, n -> withModels(n, 1), n -> withModels(n, 2)));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Arbitrary<UnaryOperator<NodeInfo>> oneOf(UnaryOperator<NodeInfo>... changes) {
        return Arbitraries.of(List.of(changes));
    }

    private static int memoryRank(NodeInfo node) {
        Long free = node.freeBytes();
        if (free == null) {
            return 1;
        }
        return free >= SIZE ? 0 : 2;
    }
}
