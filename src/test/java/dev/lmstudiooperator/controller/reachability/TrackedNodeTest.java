package dev.lmstudiooperator.controller.reachability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrackedNodeTest {

    private static final NodeAddress ADDRESS = usable("10.1.0.1");

    private static final TrackedNode NEW = TrackedNode.of("http://gpu-1:1234", ProbeHistory.NONE);

    private static NodeAddress usable(String ip) {
        return new NodeAddress.Usable(false, 1234, List.of(ip), List.of());
    }

    @Test
    void firstProbeDecidesAtOnce() {
        TrackedNode resolved = NEW.resolved(ADDRESS);

        assertThat(resolved.isReachable()).isFalse();
        assertThat(resolved.probed(null).isReachable()).isTrue();
        assertThat(resolved.probed("refused").isReachable()).isFalse();
        assertThat(resolved.probed("refused").detail()).isEqualTo("refused");
    }

    @Test
    void threeFailuresInARowMakeAReachableAddressUnreachable() {
        TrackedNode reachable = NEW.resolved(ADDRESS).probed(null);

        assertThat(reachable.probed("a").probed("b").isReachable()).isTrue();
        assertThat(reachable
                        .probed("a")
                        .probed("b")
                        .probed(null)
                        .probed("c")
                        .probed("d")
                        .isReachable())
                .isTrue();
        TrackedNode unreachable = reachable.probed("a").probed("b").probed("c");
        assertThat(unreachable.isReachable()).isFalse();
        assertThat(unreachable.probed(null).isReachable()).isTrue();
        assertThat(unreachable.probed(null).detail()).isEmpty();
    }

    @Test
    void detailOfAnUnreachableAddressStays() {
        TrackedNode unreachable = NEW.resolved(ADDRESS).probed("refused");

        assertThat(unreachable.probed("timed out"))
                .isEqualTo(
                        new TrackedNode(unreachable.apiAddress(), ADDRESS, new ProbeHistory(false, 2), "refused", 0));
    }

    @Test
    void addressOfAnEarlierLeaderIsReachableUntilProbesFail() {
        TrackedNode known =
                TrackedNode.of("http://gpu-1:1234", ProbeHistory.REACHABLE).resolved(ADDRESS);

        assertThat(known.isReachable()).isTrue();
        assertThat(known.probed("a").probed("b").probed("c").isReachable()).isFalse();
    }

    @Test
    void anotherAddressOfTheHostIsProbedAgain() {
        TrackedNode reachable = NEW.resolved(ADDRESS).probed(null);

        assertThat(reachable.resolved(ADDRESS).isReachable()).isTrue();
        assertThat(reachable.resolved(usable("10.1.0.9")).isReachable()).isFalse();
        assertThat(reachable.resolved(usable("10.1.0.9")).differsFrom(reachable))
                .isTrue();
    }

    @Test
    void hostNameIsResolvedOncePerMinute() {
        assertThat(Stream.iterate(NEW, TrackedNode::counted).limit(11).toList())
                .extracting(TrackedNode::isLookupDue)
                .containsExactlyElementsOf(
                        IntStream.range(0, 11).mapToObj(check -> check % 5 == 0).toList());
    }

    @Test
    void addressThatBecomesUsableIsProbedAgain() {
        TrackedNode unusable = TrackedNode.of("http://gpu-1:1234", ProbeHistory.REACHABLE)
                .resolved(new NodeAddress.Unusable("it is a loopback address"));

        assertThat(unusable.resolved(ADDRESS).probes()).isEqualTo(ProbeHistory.NONE);
    }

    @Test
    void detailEndsWithTheAddress() {
        TrackedNode unreachable = NEW.resolved(ADDRESS).probed("refused");

        assertThat(unreachable.resolved(ADDRESS).detail()).isEqualTo("refused");
        assertThat(unreachable.resolved(usable("10.1.0.9")).detail()).isEmpty();
    }

    @Test
    void endpointsDependOnTheAddressAndOnWhetherItAnswers() {
        TrackedNode resolved = NEW.resolved(ADDRESS);

        assertThat(resolved.differsFrom(NEW)).isTrue();
        assertThat(resolved.counted().differsFrom(resolved)).isFalse();
        assertThat(resolved.probed("refused").differsFrom(resolved)).isFalse();
        assertThat(resolved.probed(null).differsFrom(resolved)).isTrue();
    }

    @Test
    void probeUsesAnIpv4AddressIfThereIsOne() {
        List<String> ipv6 = List.of("2001:db8::1");

        assertThat(new NodeAddress.Usable(false, 1234, List.of("10.1.0.1"), ipv6).host())
                .isEqualTo("10.1.0.1");
        assertThat(new NodeAddress.Usable(false, 1234, List.of(), ipv6).host()).isEqualTo("[2001:db8::1]");
    }
}
