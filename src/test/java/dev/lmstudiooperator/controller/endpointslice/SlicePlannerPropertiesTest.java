package dev.lmstudiooperator.controller.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controller.endpointslice.EndpointPlan.PlannedEndpoint;
import dev.lmstudiooperator.controller.reachability.NodeAddress.Family;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Tests properties that hold for any endpoints, and for any slices that earlier endpoints left. */
@PropertyDefaults(tries = 500)
class SlicePlannerPropertiesTest {

    private static final SliceKey KEY = new SliceKey("http", Family.IPV4, 1234, null);

    @Property
    void writesLeadToThePlannedEndpointsAndThenToNoMoreWrites(
            @ForAll("histories") List<List<PlannedEndpoint>> history) {
        List<EndpointSlice> slices = List.of();
        for (List<PlannedEndpoint> planned : history) {
            slices = apply(slices, planned);

            assertThat(content(slices)).containsExactlyInAnyOrderElementsOf(planned);
            assertThat(slices).allSatisfy(slice -> assertThat(slice.getEndpoints())
                    .hasSizeBetween(1, SlicePlanner.MOST_ENDPOINTS));
            assertThat(SlicePlanner.plan(Samples.service(), planned, slices).isEmpty())
                    .isTrue();
        }
    }

    @Property
    void changeOfOneEndpointIsOneWrite(@ForAll("endpoints") List<PlannedEndpoint> planned) {
        List<EndpointSlice> slices = apply(List.of(), planned);
        for (int i = 0; i < planned.size(); i += 37) {
            List<PlannedEndpoint> less = new ArrayList<>(planned);
            PlannedEndpoint removed = less.remove(i);
            List<PlannedEndpoint> changed = new ArrayList<>(less);
            changed.add(
                    endpoint(removed.key(), removed.endpoint().getTargetRef().getUid(), false));

            assertThat(count(SlicePlanner.plan(Samples.service(), less, slices)))
                    .isEqualTo(1);
            assertThat(count(SlicePlanner.plan(Samples.service(), changed, slices)))
                    .isEqualTo(removed.endpoint().getConditions().getReady() ? 1 : 0);
            assertThat(count(SlicePlanner.plan(Samples.service(), planned, apply(slices, less))))
                    .isEqualTo(1);
        }
    }

    @Property
    void numberOfNewSlicesIsTheSmallest(@ForAll("endpoints") List<PlannedEndpoint> planned) {
        long smallest = planned.stream()
                .map(PlannedEndpoint::key)
                .distinct()
                .mapToLong(key -> slicesFor(planned, key))
                .sum();

        assertThat(apply(List.of(), planned)).hasSize((int) smallest);
    }

    @Property
    void sliceOfAnEarlierServiceIsTakenOver(@ForAll("endpoints") List<PlannedEndpoint> planned) {
        List<EndpointSlice> slices = apply(List.of(), planned);
        slices.forEach(
                slice -> slice.getMetadata().getOwnerReferences().getFirst().setUid("uid-of-an-earlier-service"));

        SlicePlanner.Writes writes = SlicePlanner.plan(Samples.service(), planned, slices);

        assertThat(writes.updates()).hasSameSizeAs(slices);
        assertThat(writes.updates()).allSatisfy(slice -> assertThat(
                        slice.getMetadata().getOwnerReferences().getFirst().getUid())
                .isEqualTo("uid-of-chat"));
        assertThat(count(writes)).isEqualTo(slices.size());
    }

    private static long slicesFor(List<PlannedEndpoint> planned, SliceKey key) {
        long endpoints = planned.stream().filter(one -> one.key().equals(key)).count();
        return (endpoints + SlicePlanner.MOST_ENDPOINTS - 1) / SlicePlanner.MOST_ENDPOINTS;
    }

    private static int count(SlicePlanner.Writes writes) {
        return writes.creates().size()
                + writes.updates().size()
                + writes.deletes().size();
    }

    /** Applies the writes as the API server does. */
    private static List<EndpointSlice> apply(List<EndpointSlice> before, List<PlannedEndpoint> planned) {
        SlicePlanner.Writes writes = SlicePlanner.plan(Samples.service(), planned, before);
        List<String> replaced = Stream.concat(writes.updates().stream(), writes.deletes().stream())
                .map(slice -> slice.getMetadata().getName())
                .toList();
        return Stream.of(
                        before.stream()
                                .filter(slice ->
                                        !replaced.contains(slice.getMetadata().getName())),
                        writes.updates().stream(),
                        writes.creates().stream())
                .flatMap(slices -> slices)
                .map(slice -> new EndpointSliceBuilder(slice).build())
                .toList();
    }

    private static List<PlannedEndpoint> content(List<EndpointSlice> slices) {
        return slices.stream()
                .flatMap(slice -> slice.getEndpoints().stream()
                        .map(endpoint -> new PlannedEndpoint(SliceKey.of(slice).orElseThrow(), endpoint)))
                .toList();
    }

    private static PlannedEndpoint endpoint(SliceKey key, String uid, boolean isReady) {
        return new PlannedEndpoint(
                key,
                new EndpointBuilder()
                        .withAddresses("10.1.0.1")
                        .withNewConditions()
                        .withReady(isReady)
                        .endConditions()
                        .withNewTargetRef()
                        .withUid(uid)
                        .endTargetRef()
                        .build());
    }

    @Provide
    Arbitrary<List<List<PlannedEndpoint>>> histories() {
        return endpoints().list().ofMinSize(1).ofMaxSize(5);
    }

    /** Up to 250 of 300 ManagedModels, most of them with one key. */
    @Provide
    Arbitrary<List<PlannedEndpoint>> endpoints() {
        Arbitrary<SliceKey> keys = Arbitraries.frequency(
                Tuple.of(4, KEY),
                Tuple.of(1, new SliceKey("http", Family.IPV4, 8443, "https")),
                Tuple.of(1, new SliceKey("http", Family.IPV6, 1234, null)));
        Arbitrary<Integer> ids = Arbitraries.integers().between(0, 299);
        return Combinators.combine(ids.set().ofMaxSize(250), keys, Arbitraries.randoms())
                .as((set, key, random) -> set.stream()
                        .map(id -> endpoint(
                                random.nextInt(5) == 0 ? new SliceKey("http", Family.IPV6, 1234, null) : key,
                                "uid-" + id,
                                random.nextInt(4) > 0))
                        .toList());
    }
}
