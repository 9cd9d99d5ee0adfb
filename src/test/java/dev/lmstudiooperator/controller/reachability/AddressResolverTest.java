package dev.lmstudiooperator.controller.reachability;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressResolverTest {

    private static final NodeAddress UNKNOWN = new NodeAddress.Unknown();

    private static NodeAddress resolve(String url) {
        return new AddressResolver(InetAddress::getAllByName).resolve("gpu-1", url, UNKNOWN);
    }

    /** Resolves each host to these addresses. */
    private static NodeAddress resolve(String url, NodeAddress before, String... addresses) {
        return new AddressResolver(host -> {
                    if (addresses.length == 0) {
                        throw new UnknownHostException(host);
                    }
                    InetAddress[] found = new InetAddress[addresses.length];
                    for (int i = 0; i < found.length; i++) {
                        found[i] = InetAddress.getByName(addresses[i]);
                    }
                    return found;
                })
                .resolve("gpu-1", url, before);
    }

    @Test
    void literalsAreUsedAsTheyAre() {
        assertThat(resolve("http://10.1.0.1:1234"))
                .isEqualTo(new NodeAddress.Usable(false, 1234, List.of("10.1.0.1"), List.of()));
        assertThat(resolve("https://[2001:DB8:0:0::1]/"))
                .isEqualTo(new NodeAddress.Usable(true, 443, List.of(), List.of("2001:db8::1")));
        assertThat(resolve("http://[::ffff:10.1.0.1]"))
                .isEqualTo(new NodeAddress.Usable(false, 80, List.of("10.1.0.1"), List.of()));
    }

    @Test
    void hostNamesAreResolvedToSortedAddressesOfBothFamilies() {
        assertThat(resolve("http://gpu-1:1234", UNKNOWN, "10.1.0.2", "2001:db8::2", "10.1.0.1", "127.0.1.1"))
                .isEqualTo(
                        new NodeAddress.Usable(false, 1234, List.of("10.1.0.1", "10.1.0.2"), List.of("2001:db8::2")));
    }

    @Test
    void nameServiceIsAskedForTheHostWithoutBrackets() {
        List<String> hosts = new ArrayList<>();
        AddressResolver resolver = new AddressResolver(host -> {
            hosts.add(host);
            throw new UnknownHostException(host);
        });

        resolver.resolve("gpu-1", "http://[2001:db8::1]:1234", UNKNOWN);
        resolver.resolve("gpu-1", "http://gpu-1:1234", UNKNOWN);

        assertThat(hosts).containsExactly("2001:db8::1", "gpu-1");
    }

    @Test
    void failureOfTheNameServiceKeepsTheLastAddresses() {
        NodeAddress before = new NodeAddress.Usable(false, 1234, List.of("10.1.0.1"), List.of());

        assertThat(resolve("http://gpu-1:1234", before)).isEqualTo(before);
        assertThat(resolve("http://gpu-1:1234", UNKNOWN))
                .isEqualTo(new NodeAddress.Unresolved(
                        "The host gpu-1 of node gpu-1 cannot be resolved. Correct the name service, or"
                                + " spec.advertisedAddress of the LMStudioNode"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:1234, is a loopback address",
        "http://127.9.9.9:1234, is a loopback address",
        "http://[::1]:1234, is a loopback address",
        "http://localhost:1234, is a loopback address",
        "http://0.0.0.0:1234, is the unspecified address",
        "http://[::]:1234, is the unspecified address",
        "http://169.254.169.254, is a link-local address",
        "http://[fe80::1]:1234, is a link-local address",
        "http://224.0.0.1:1234, is a multicast address",
        "http://[ff02::1]:1234, is a multicast address"
    })
    void addressesThatKubernetesRefusesAreNotUsable(String url, String why) {
        assertThat(resolve(url))
                .isInstanceOfSatisfying(NodeAddress.Unusable.class, unusable -> assertThat(unusable.why())
                        .startsWith("The address %s of node gpu-1 %s. ".formatted(url, why))
                        .contains("spec.advertisedAddress"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1.0.1:1234",
                "ftp://10.1.0.1",
                "http://",
                "http:///models",
                "not a url",
                "",
                "http://10.1.0.1/models",
                "//10.1.0.1:1234"
            })
    void otherTextsAreNotUsable(String url) {
        assertThat(resolve(url)).isInstanceOf(NodeAddress.Unusable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "1:0:0:0:0:0:0:0, 1::",
        "0:0:0:0:0:0:0:A, ::a",
        "2001:0db8::0010, 2001:db8::10"
    })
    void ipv6AddressesAreCanonical(String given, String canonical) throws UnknownHostException {
        assertThat(Ipv6Text.of(InetAddress.getByName(given).getAddress())).isEqualTo(canonical);
    }
}
