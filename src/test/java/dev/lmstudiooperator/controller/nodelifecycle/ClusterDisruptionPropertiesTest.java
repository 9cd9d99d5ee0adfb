package dev.lmstudiooperator.controller.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Tests properties that hold for any set of missing heartbeats, of any length. */
@PropertyDefaults(tries = 300)
class ClusterDisruptionPropertiesTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @Property
    void cutOffControllerNeverLosesAnybodyInFiveMinutes(
            @ForAll @IntRange(min = 3, max = 12) int nodes,
            @ForAll @IntRange(max = 15) int before,
            @ForAll @IntRange(max = 300) int duration) {
        var cluster = new Cluster(nodes)
                .pass(before)
                .cutOff(0, nodes)
                .pass(duration)
                .reconnect(0, nodes)
                .pass(Duration.ofMinutes(7));

        assertThat(cluster.losses()).isEmpty();
    }

    @Property
    void minorityIsLostAfterItsLeaseDuration(
            @ForAll @IntRange(min = 2, max = 12) int nodes, @ForAll @IntRange(max = 15) int before) {
        int silent = nodes / 2;
        var cluster = new Cluster(nodes).pass(before).cutOff(0, silent).pass(Duration.ofMinutes(2));

        assertThat(cluster.lost()).hasSize(silent);
        assertThat(IntStream.range(0, silent))
                .allSatisfy(node -> assertThat(cluster.lost().get(Cluster.name(node)))
                        .isEqualTo(cluster.heartbeat(node).expiresAt()));
    }

    @Property(tries = 2_000)
    void noNodeIsLostEarlyAndEveryNodeIsLostEventually(@ForAll("pulses") List<Heartbeat> pulses) {
        ClusterDisruption.Assessment now = ClusterDisruption.assess(pulses, NOW);
        Instant end = NOW.plus(Duration.ofHours(1));
        ClusterDisruption.Assessment later = ClusterDisruption.assess(pulses, end);

        assertThat(pulses).allSatisfy(heartbeat -> {
            assertThat(now.lostAt(heartbeat)).isAfterOrEqualTo(heartbeat.expiresAt());
            assertThat(now.isLost(heartbeat, NOW) && !heartbeat.isExpired(NOW)).isFalse();
            assertThat(later.isLost(heartbeat, end)).isTrue();
        });
    }

    @Property(tries = 2_000)
    void nodesOfAnOutageAreNotLostAtOnce(@ForAll("pulses") List<Heartbeat> pulses) {
        assertThat(ClusterDisruption.assess(pulses, NOW).disruptions()).allSatisfy(outage -> {
            List<Instant> turns = outage.lostAt().values().stream().sorted().toList();
            assertThat(turns).isNotEmpty();
            assertThat(IntStream.range(1, turns.size())
                            .mapToObj(index -> Duration.between(turns.get(index - 1), turns.get(index))))
                    .allSatisfy(between -> assertThat(between).isGreaterThanOrEqualTo(ClusterDisruption.PACE));
        });
    }

    @Property(tries = 2_000)
    void orderOfTheNodesDoesNotMatter(@ForAll("pulses") List<Heartbeat> pulses) {
        assertThat(ClusterDisruption.assess(pulses.reversed(), NOW)).isEqualTo(ClusterDisruption.assess(pulses, NOW));
    }

    @Provide
    Arbitrary<List<Heartbeat>> pulses() {
        return Combinators.combine(
                        Arbitraries.of(0, 5, 19, 20, 35, 39, 40, 41, 50, 80, 81, 100, 340, 345, 3000),
                        Arbitraries.of(0, 0, 0, 1, 30, 60))
                .as((heard, gap) -> (Function<String, Heartbeat>) name -> new Heartbeat(
                        name,
                        NOW.minusSeconds(heard),
                        Duration.ofSeconds(40),
                        gap == 0
                                ? null
                                : new Heartbeat.Gap(NOW.minusSeconds(heard + gap + 20), NOW.minusSeconds(heard + gap))))
                .list()
                .ofMaxSize(12)
                .map(list -> IntStream.range(0, list.size())
                        .mapToObj(index -> list.get(index).apply(Cluster.name(index)))
                        .toList());
    }
}
