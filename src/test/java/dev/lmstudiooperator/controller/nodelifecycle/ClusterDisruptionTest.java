package dev.lmstudiooperator.controller.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests when missing heartbeats do not mark a node lost at once. */
class ClusterDisruptionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    // The rule

    @Test
    void withoutNodesThereIsNoOutage() {
        assertThat(ClusterDisruption.assess(List.of(), NOW).disruptions()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, false",
        "2, 2, false",
        "3, 1, false",
        "3, 2, true",
        "3, 3, true",
        "4, 2, false",
        "4, 3, true",
        "5, 2, false",
        "5, 3, true",
        "10, 5, false",
        "10, 6, true",
        "5000, 500, false",
        "5000, 2500, false",
        "5000, 2501, true"
    })
    void moreThanHalfOfThreeOrMoreAtOnceAreAnOutage(int nodes, int silent, boolean isOutage) {
        List<Heartbeat> pulses = pulses(nodes, node -> node < silent ? 45 : 5);

        assertThat(ClusterDisruption.assess(pulses, NOW).disruptions()).hasSize(isOutage ? 1 : 0);
    }

    @Test
    void nodeWithHalfItsLeaseDurationElapsedCounts() {
        assertThat(ClusterDisruption.assess(List.of(heard("a", 40), heard("b", 20), heard("c", 19)), NOW)
                        .disruptions())
                .hasSize(1);
        assertThat(ClusterDisruption.assess(List.of(heard("a", 40), heard("b", 19), heard("c", 19)), NOW)
                        .disruptions())
                .isEmpty();
    }

    @Test
    void noUnreachableNodeIsNoDisruption() {
        assertThat(ClusterDisruption.assess(List.of(heard("a", 39), heard("b", 39), heard("c", 39)), NOW)
                        .disruptions())
                .isEmpty();
    }

    @Test
    void oneLeaseDurationApartIsAtOnceAndMoreIsNot() {
        assertThat(ClusterDisruption.assess(List.of(heard("a", 80), heard("b", 40), heard("c", 1)), NOW)
                        .disruptions())
                .hasSize(1);
        assertThat(ClusterDisruption.assess(List.of(heard("a", 81), heard("b", 40), heard("c", 1)), NOW)
                        .disruptions())
                .isEmpty();
    }

    @Test
    void anyOfThemMayBeTheFirst() {
        ClusterDisruption.Assessment judgement = ClusterDisruption.assess(
                List.of(heard("a", 90), heard("b", 47), heard("c", 46), heard("d", 45), heard("e", 1)), NOW);

        assertThat(judgement.disruptions()).singleElement().satisfies(outage -> {
            assertThat(outage.beganAt()).isEqualTo(NOW.minusSeconds(47));
            assertThat(outage.lostAt()).containsOnlyKeys("b", "c", "d");
        });
        assertThat(judgement.isLost(heard("a", 90), NOW)).isTrue();
    }

    @Test
    void nodeThatHasBeenUnreachableForLongDoesNotCount() {
        List<Heartbeat> longDead = pulses(7, node -> 4000 + 100 * node);

        assertThat(ClusterDisruption.assess(with(longDead, heard("a", 45), heard("b", 44), heard("c", 43)), NOW)
                        .disruptions())
                .as("all live nodes miss heartbeats")
                .hasSize(1);
        assertThat(ClusterDisruption.assess(with(longDead, heard("a", 45), heard("b", 1), heard("c", 1)), NOW)
                        .disruptions())
                .as("most live nodes renew")
                .isEmpty();
        assertThat(ClusterDisruption.assess(with(longDead, heard("a", 45), heard("b", 44)), NOW)
                        .disruptions())
                .as("only two live nodes")
                .isEmpty();
    }

    @Test
    void recoveredNodeCountsForOneLeaseDuration() {
        Heartbeat silent = heard("a", 60);
        Heartbeat fresh = heard("c", 1);

        assertThat(ClusterDisruption.assess(List.of(silent, resumed("b", 60, 39), fresh), NOW)
                        .disruptions())
                .singleElement()
                .satisfies(outage -> assertThat(outage.lostAt()).containsOnlyKeys("a"));
        assertThat(ClusterDisruption.assess(List.of(silent, resumed("b", 60, 40), fresh), NOW)
                        .disruptions())
                .isEmpty();
        assertThat(ClusterDisruption.assess(List.of(silent, resumed("b", 101, 39), fresh), NOW)
                        .disruptions())
                .as("the gaps are separate")
                .isEmpty();
    }

    @Test
    void theyAreLostOneAfterTheOtherAfterAGrace() {
        ClusterDisruption.Assessment judgement = ClusterDisruption.assess(
                List.of(heard("c", 45), heard("a", 43), heard("b", 43), heard("d", 30), heard("e", 2)), NOW);

        Instant graceEndsAt = NOW.minusSeconds(5).plus(Duration.ofMinutes(5));
        assertThat(judgement.disruptions()).singleElement().satisfies(outage -> assertThat(outage.lostAt())
                .isEqualTo(Map.of(
                        "c", graceEndsAt,
                        "a", graceEndsAt.plusSeconds(10),
                        "b", graceEndsAt.plusSeconds(20),
                        "d", graceEndsAt.plusSeconds(30))));
        assertThat(judgement.lostAt(heard("a", 43))).isEqualTo(graceEndsAt.plusSeconds(10));
        assertThat(judgement.lostAt(heard("e", 2))).isEqualTo(NOW.plusSeconds(38));
        assertThat(judgement.disruptionOf("a")).isPresent();
        assertThat(judgement.disruptionOf("e")).isEmpty();
    }

    @Test
    void noNodeIsLostBeforeItsLeaseExpires() {
        Heartbeat patient = new Heartbeat("d", NOW.minusSeconds(400), Duration.ofMinutes(10), null);
        ClusterDisruption.Assessment judgement =
                ClusterDisruption.assess(List.of(heard("a", 360), heard("b", 360), patient, heard("e", 400)), NOW);

        assertThat(judgement.disruptions()).isNotEmpty();
        assertThat(judgement.lostAt(patient)).isEqualTo(NOW.plusSeconds(200));
        assertThat(judgement.isLost(patient, NOW)).isFalse();
    }

    @Test
    void messageContainsTheCountAndTheTime() {
        assertThat(ClusterDisruption.assess(List.of(heard("a", 45), heard("b", 44), heard("c", 1)), NOW)
                        .disruptions())
                .extracting(ClusterDisruption::message)
                .containsExactly(
                        "2 of 3 agents stopped renewing their Leases at the same time; the controller may be"
                                + " partitioned. No node is marked lost before 2026-06-01T12:04:55Z, then at most one every 10 s");
    }

    // Sequences of events

    @Test
    void noNodeIsLostInAClusterThatRenews() {
        var cluster = new Cluster(7).pass(Duration.ofMinutes(10));

        assertThat(cluster.losses()).isEmpty();
        assertThat(cluster.judgement().disruptions()).isEmpty();
    }

    @Test
    void singleUnreachableNodeIsLost() {
        var cluster = new Cluster(5).cutOff(1, 2).pass(Duration.ofMinutes(2));

        assertThat(cluster.lost()).containsOnlyKeys(Cluster.name(1));
        assertThat(cluster.lost().get(Cluster.name(1)))
                .isEqualTo(cluster.heartbeat(1).expiresAt());
    }

    @Test
    void twoUnreachableNodesAreLost() {
        var cluster = new Cluster(2).cutOff(0, 2).pass(Duration.ofSeconds(41));

        assertThat(cluster.lost()).hasSize(2);
    }

    @Test
    void isolatedControllerLosesNoNodeForFiveMinutesAndThenOneEveryTenSeconds() {
        var cluster = new Cluster(10).cutOff(0, 10).pass(Duration.ofSeconds(330));
        assertThat(cluster.losses()).isEmpty();
        assertThat(cluster.outage()).hasValueSatisfying(outage -> assertThat(outage.message())
                .startsWith("10 of 10 agents stopped renewing"));

        cluster.pass(Duration.ofMinutes(5));

        assertThat(cluster.lost()).hasSize(10);
        assertThat(cluster.losses()).hasSize(10);
        assertThat(IntStream.range(1, 10)
                        .mapToObj(index -> Duration.between(
                                cluster.losses().get(index - 1),
                                cluster.losses().get(index))))
                .containsOnly(Duration.ofSeconds(10));
        assertThat(cluster.outage()).as("all nodes are decided").isEmpty();
    }

    @Test
    void noNodeIsLostWhenTheControllerIsBackInTime() {
        var cluster = new Cluster(10)
                .cutOff(0, 10)
                .pass(Duration.ofMinutes(4))
                .reconnect(0, 10)
                .pass(Duration.ofMinutes(10));

        assertThat(cluster.losses()).isEmpty();
        assertThat(cluster.outage()).isEmpty();
    }

    @Test
    void nodeThatDoesNotRecoverWithTheOthersIsLostOneLeaseDurationLater() {
        var cluster = new Cluster(5).cutOff(0, 4).pass(Duration.ofMinutes(2)).reconnect(0, 2);
        Instant reconnectedAt = cluster.now();

        cluster.pass(Duration.ofMinutes(2));

        assertThat(cluster.lost()).containsOnlyKeys(Cluster.name(2), Cluster.name(3));
        assertThat(cluster.losses()).allSatisfy(lostAt -> assertThat(lostAt)
                .isBetween(
                        reconnectedAt.plus(PATIENCE),
                        reconnectedAt.plus(PATIENCE).plusSeconds(10)));
    }

    @Test
    void slowAttritionIsNoOutage() {
        var cluster = new Cluster(12);

        for (int node = 0; node < 12; node++) {
            cluster.cutOff(node, node + 1).pass(Duration.ofMinutes(5));
            assertThat(cluster.lost()).hasSize(node + 1);
            assertThat(cluster.outage()).isEmpty();
        }
    }

    @Test
    void stormOfATenthOfTheClusterIsNoOutage() {
        var cluster = new Cluster(500).cutOff(0, 50).pass(Duration.ofSeconds(41));

        assertThat(cluster.lost()).hasSize(50);
        assertThat(cluster.outage()).isEmpty();
    }

    @Test
    void secondOutageConcernsTheRemainingNodes() {
        var cluster = new Cluster(10).cutOff(0, 6).pass(Duration.ofMinutes(20));
        assertThat(cluster.lost()).hasSize(6);

        cluster.cutOff(6, 10).pass(Duration.ofMinutes(4));

        assertThat(cluster.lost()).hasSize(6);
        assertThat(cluster.outage())
                .hasValueSatisfying(outage -> assertThat(outage.message()).startsWith("4 of 4 agents"));
        assertThat(cluster.reconnect(6, 10).pass(Duration.ofMinutes(20)).lost()).hasSize(6);
    }

    private static Heartbeat heard(String node, int secondsAgo) {
        return heartbeat(node, secondsAgo, null);
    }

    /** A heartbeat one second ago, after a gap. */
    private static Heartbeat resumed(String node, int gapFrom, int gapUntil) {
        return heartbeat(node, 1, new Heartbeat.Gap(NOW.minusSeconds(gapFrom), NOW.minusSeconds(gapUntil)));
    }

    private static Heartbeat heartbeat(String node, int secondsAgo, Heartbeat.@Nullable Gap gap) {
        return new Heartbeat(node, NOW.minusSeconds(secondsAgo), PATIENCE, gap);
    }

    private static List<Heartbeat> pulses(int nodes, IntUnaryOperator secondsAgo) {
        return IntStream.range(0, nodes)
                .mapToObj(node -> heard(Cluster.name(node), secondsAgo.applyAsInt(node)))
                .toList();
    }

    private static List<Heartbeat> with(List<Heartbeat> pulses, Heartbeat... others) {
        return Stream.concat(pulses.stream(), Stream.of(others)).toList();
    }
}
