package dev.lmstudiooperator.controller.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmstudiooperator.controller.endpointslice.EndpointPlan.PlannedEndpoint;
import dev.lmstudiooperator.controller.reachability.NodeAddress.Family;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests examples of writes. SlicePlannerPropertiesTest has what holds for all of them. */
class SlicePlannerTest {

    private static final SliceKey KEY = new SliceKey("http", Family.IPV4, 1234, null);
    private static final SliceKey HTTPS = new SliceKey("http", Family.IPV4, 1234, "https");
    private static final SliceKey UNNAMED_IPV6 = new SliceKey("", Family.IPV6, 1234, null);

    private final Service service = Samples.service();

    // New slices

    @Test
    void eachKeyHasASliceOfItsOwn() {
        SlicePlanner.Writes writes = plan(
                List.of(planned(KEY, "a"), planned(HTTPS, "b"), planned(UNNAMED_IPV6, "c"), planned(KEY, "d")),
                List.of());

        assertThat(writes.creates())
                .extracting(slice -> SliceKey.of(slice).orElseThrow(), SlicePlanner::targets)
                .containsExactlyInAnyOrder(
                        tuple(KEY, List.of("a", "d")), tuple(HTTPS, List.of("b")), tuple(UNNAMED_IPV6, List.of("c")));
        assertThat(writes.creates())
                .extracting(slice -> slice.getMetadata().getName())
                .doesNotHaveDuplicates()
                .anySatisfy(name -> assertThat(name).matches("chat-6-1234-[0-9a-f]+-0"))
                .allSatisfy(name -> assertThat(name).matches("chat-[46]-1234-[0-9a-f]+-0"));
        assertThat(writes.updates()).isEmpty();
        assertThat(writes.deletes()).isEmpty();
    }

    @Test
    void newSliceBelongsToTheService() {
        EndpointSlice slice =
                plan(List.of(planned(KEY, "a")), List.of()).creates().getFirst();

        assertThat(slice.getMetadata().getNamespace()).isEqualTo("models");
        assertThat(slice.getMetadata().getLabels())
                .isEqualTo(Map.of(
                        "kubernetes.io/service-name",
                        "chat",
                        "endpointslice.kubernetes.io/managed-by",
                        "lmstudio-operator.dev"));
        assertThat(slice.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> {
            assertThat(owner.getApiVersion()).isEqualTo("v1");
            assertThat(owner.getKind()).isEqualTo("Service");
            assertThat(owner.getName()).isEqualTo("chat");
            assertThat(owner.getUid()).isEqualTo("uid-of-chat");
            assertThat(owner.getController()).isTrue();
        });
        assertThat(SliceFactory.isManaged(slice)).isTrue();
    }

    @Test
    void sliceOfAHeadlessServiceHasTheLabelByWhichKubeProxyIgnoresIt() {
        service.getSpec().setClusterIP("None");

        assertThat(plan(List.of(planned(KEY, "a")), List.of())
                        .creates()
                        .getFirst()
                        .getMetadata()
                        .getLabels())
                .containsEntry("service.kubernetes.io/headless", "");
    }

    // Distribution over the slices "a", "b", … of a given size

    @ParameterizedTest
    @CsvSource({
        "'',      250, new=100 new=100 new=50",
        "'40 90',   0, ''",
        "'40 90',   5, b=95",
        "'40 90',  10, b=100",
        "'40 90',  11, a=51",
        "'40 90',  60, a=100",
        "'40 90',  61, new=61",
        "'40 90', 160, a=100 new=100",
        "'40 90', 161, new=100 new=61",
        "'90 90',   5, a=95",
        "'100',     1, new=1"
    })
    void newEndpointsGoIntoTheFullestSliceWithRoomForAll(String sizes, int added, String written) {
        List<EndpointSlice> existing = slices(sizes);

        assertThat(changes(plan(with(existing, added), existing))).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({
        // Slices that lose endpoints, the number of new endpoints, and the written slices.
        "'40 90', a,   0, a=39",
        "'40 90', a,   3, a=42",
        "'40 90', a b, 3, a=42 b=89",
        "'100',   a,   1, a=100",
        "'100',   a,   3, a=100 new=2",
        "'1 90',  a,   0, a=0",
        "'1 90',  a,   1, a=1"
    })
    void newEndpointsGoFirstIntoSlicesThatChangeAnyway(String sizes, String losers, int added, String written) {
        List<EndpointSlice> existing = slices(sizes);
        List<PlannedEndpoint> wanted = with(existing, added);
        for (String loser : losers.split(" ", -1)) {
            wanted.removeIf(planned -> uid(planned).equals(loser + "-000"));
        }

        assertThat(changes(plan(wanted, existing))).isEqualTo(written);
    }

    @Test
    void sliceThatIsTooLargeKeepsTheFirstEndpoints() {
        List<EndpointSlice> existing = slices("120");

        assertThat(changes(plan(with(existing, 0), existing))).isEqualTo("a=100 new=20");
    }

    @Test
    void endpointThatTwoSlicesContainStaysInTheFirstByName() {
        List<EndpointSlice> existing = slices("2 2");
        EndpointSlice last = existing.getLast();
        last.getEndpoints().set(0, existing.getFirst().getEndpoints().getFirst());
        List<PlannedEndpoint> wanted = List.of(planned(KEY, "a-000"), planned(KEY, "a-001"), planned(KEY, "b-001"));

        assertThat(changes(plan(wanted, existing))).isEqualTo("b=1");
        assertThat(changes(plan(wanted, existing.reversed()))).isEqualTo("b=1");
    }

    @Test
    void changedEndpointIsWrittenInItsSlice() {
        List<EndpointSlice> existing = slices("2 2");
        PlannedEndpoint changed = new PlannedEndpoint(
                KEY,
                new EndpointBuilder(planned(KEY, "b-001").endpoint())
                        .withZone("zone-b")
                        .build());

        SlicePlanner.Writes writes =
                plan(List.of(planned(KEY, "a-000"), planned(KEY, "a-001"), planned(KEY, "b-000"), changed), existing);

        assertThat(changes(writes)).isEqualTo("b=2");
        assertThat(writes.updates().getFirst().getEndpoints()).contains(changed.endpoint());
    }

    @Test
    void newSliceDoesNotTakeANameInUse() {
        EndpointSlice first =
                plan(List.of(planned(KEY, "a")), List.of()).creates().getFirst();
        EndpointSlice full = new EndpointSliceBuilder(first)
                .withEndpoints(endpoints("a", 100))
                .build();

        assertThat(plan(with(List.of(full), 1), List.of(full)).creates())
                .extracting(slice -> slice.getMetadata().getName())
                .containsExactly(first.getMetadata().getName().replaceFirst("0$", "1"));
    }

    // Unused slices

    @Test
    void sliceWithAnotherKeyIsDeleted() {
        List<EndpointSlice> existing = slices("1 1");
        existing.getLast().getPorts().getFirst().setPort(9999);

        SlicePlanner.Writes writes = plan(List.of(planned(KEY, "a-000"), planned(KEY, "b-000")), existing);

        assertThat(writes.deletes()).containsExactly(existing.getLast());
        assertThat(changes(writes)).isEqualTo("a=2 b=0");
    }

    @Test
    void sliceWithoutEndpointsIsDeleted() {
        List<EndpointSlice> existing = slices("1 1");
        existing.getLast().setEndpoints(null);

        assertThat(changes(plan(List.of(planned(KEY, "a-000")), existing))).isEqualTo("b=0");
        assertThat(SlicePlanner.targets(existing.getLast())).isEmpty();
    }

    @Test
    void endpointOfAnotherClientIsRemoved() {
        List<EndpointSlice> existing = slices("2");
        EndpointSlice slice = existing.getFirst();
        slice.getEndpoints().getFirst().setTargetRef(null);
        assertThat(SlicePlanner.targets(slice)).containsExactly("", "a-001");

        assertThat(changes(plan(List.of(planned(KEY, "a-001")), existing))).isEqualTo("a=1");
        slice.getEndpoints().getLast().getTargetRef().setUid(null);
        assertThat(SlicePlanner.targets(slice)).containsExactly("", "");
    }

    // Metadata

    static List<Arguments> changesOfOtherClients() {
        return List.of(
                change("no labels", slice -> slice.getMetadata().setLabels(null)),
                change("another service", slice -> label(slice, "kubernetes.io/service-name", "talk")),
                change("another manager", slice -> label(slice, "endpointslice.kubernetes.io/managed-by", "other")),
                change("headless", slice -> label(slice, "service.kubernetes.io/headless", "")),
                change("no owner", slice -> slice.getMetadata().setOwnerReferences(null)),
                change("another owner", slice -> slice.getMetadata()
                        .getOwnerReferences()
                        .getFirst()
                        .setUid("uid-of-an-earlier-service")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changesOfOtherClients")
    void metadataIsRestoredByOneWrite(String name, Consumer<EndpointSlice> change) {
        List<EndpointSlice> existing = slices("1");
        List<PlannedEndpoint> wanted = with(existing, 0);
        EndpointSlice before = new EndpointSliceBuilder(existing.getFirst()).build();
        change.accept(existing.getFirst());

        SlicePlanner.Writes writes = plan(wanted, existing);

        assertThat(writes.updates()).containsExactly(before);
        assertThat(writes.creates()).isEmpty();
        assertThat(writes.deletes()).isEmpty();
    }

    @Test
    void labelsAndAnnotationsOfOtherClientsStay() {
        List<EndpointSlice> existing = slices("1");
        label(existing.getFirst(), "team", "a");
        existing.getFirst().getMetadata().setAnnotations(Map.of("note", "b"));

        assertThat(plan(with(existing, 0), existing).isEmpty()).isTrue();
        assertThat(plan(with(existing, 1), existing).updates()).singleElement().satisfies(slice -> {
            assertThat(slice.getMetadata().getLabels()).containsEntry("team", "a");
            assertThat(slice.getMetadata().getAnnotations()).containsEntry("note", "b");
        });
    }

    @Test
    void labelFollowsAServiceThatBecomesHeadless() {
        List<EndpointSlice> existing = slices("1");
        service.getSpec().setClusterIP("None");

        assertThat(plan(with(existing, 0), existing).updates()).singleElement().satisfies(slice -> assertThat(
                        slice.getMetadata().getLabels())
                .containsEntry("service.kubernetes.io/headless", ""));
    }

    // Keys

    static List<Arguments> otherForms() {
        return List.of(
                change("no ports", slice -> slice.setPorts(null)),
                change(
                        "two ports",
                        slice -> slice.setPorts(List.of(
                                slice.getPorts().getFirst(), slice.getPorts().getFirst()))),
                change("no number", slice -> slice.getPorts().getFirst().setPort(null)),
                change("UDP", slice -> slice.getPorts().getFirst().setProtocol("UDP")),
                change("host names", slice -> slice.setAddressType("FQDN")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherForms")
    void sliceThatTheOperatorWouldNotWriteHasNoKey(String name, Consumer<EndpointSlice> change) {
        EndpointSlice slice = slices("1").getFirst();
        assertThat(SliceKey.of(slice)).contains(KEY);

        change.accept(slice);

        assertThat(SliceKey.of(slice)).isEmpty();
    }

    @Test
    void portWithoutANameHasAnEmptyOne() {
        EndpointSlice slice = slices("1").getFirst();
        slice.getPorts().getFirst().setName(null);

        assertThat(SliceKey.of(slice)).contains(new SliceKey("", Family.IPV4, 1234, null));
    }

    @Test
    void onlyTheManagerLabelMakesASliceManaged() {
        EndpointSlice slice = slices("1").getFirst();
        slice.getMetadata().setLabels(Map.of("endpointslice.kubernetes.io/managed-by", "endpointslice-controller"));

        assertThat(SliceFactory.isManaged(slice)).isFalse();
    }

    private static Arguments change(String name, Consumer<EndpointSlice> change) {
        return Arguments.of(name, change);
    }

    private static void label(EndpointSlice slice, String key, String value) {
        Map<String, String> labels = new TreeMap<>(slice.getMetadata().getLabels());
        labels.put(key, value);
        slice.getMetadata().setLabels(labels);
    }

    private SlicePlanner.Writes plan(List<PlannedEndpoint> planned, List<EndpointSlice> existing) {
        return SlicePlanner.plan(service, planned, existing);
    }

    /** Slices named "a", "b", … with numbers of endpoints that are separated by spaces. */
    private List<EndpointSlice> slices(String sizes) {
        List<EndpointSlice> slices = new ArrayList<>();
        for (String size : sizes.split(" ", 0)) {
            if (!size.isEmpty()) {
                String name = String.valueOf((char) ('a' + slices.size()));
                EndpointSlice slice =
                        new SliceFactory(service).create(KEY, endpoints(name, Integer.parseInt(size)), new HashSet<>());
                slice.getMetadata().setName(name);
                slices.add(slice);
            }
        }
        return slices;
    }

    private static List<Endpoint> endpoints(String slice, int count) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(
                        index -> planned(KEY, "%s-%03d".formatted(slice, index)).endpoint())
                .toList());
    }

    /** The endpoints of the slices, and some more. */
    private static List<PlannedEndpoint> with(List<EndpointSlice> slices, int added) {
        List<PlannedEndpoint> all = new ArrayList<>();
        slices.forEach(slice -> slice.getEndpoints().forEach(endpoint -> all.add(new PlannedEndpoint(KEY, endpoint))));
        endpoints("new", added).forEach(endpoint -> all.add(new PlannedEndpoint(KEY, endpoint)));
        return all;
    }

    /** The written slices with their number of endpoints; 0 stands for a deletion. */
    private static String changes(SlicePlanner.Writes writes) {
        return String.join(
                " ",
                Stream.of(
                                writes.updates().stream().map(slice -> change(slice, slice.getEndpoints())),
                                writes.deletes().stream().map(slice -> change(slice, null)),
                                writes.creates().stream()
                                        .map(slice ->
                                                "new=" + slice.getEndpoints().size()))
                        .flatMap(texts -> texts)
                        .sorted()
                        .toList());
    }

    private static String change(EndpointSlice slice, @Nullable List<Endpoint> endpoints) {
        return slice.getMetadata().getName() + "=" + (endpoints == null ? 0 : endpoints.size());
    }

    private static String uid(PlannedEndpoint planned) {
        return planned.endpoint().getTargetRef().getUid();
    }

    private static PlannedEndpoint planned(SliceKey key, String uid) {
        return new PlannedEndpoint(
                key,
                new EndpointBuilder()
                        .withAddresses("10.1.0.1")
                        .withNewTargetRef()
                        .withUid(uid)
                        .endTargetRef()
                        .build());
    }
}
