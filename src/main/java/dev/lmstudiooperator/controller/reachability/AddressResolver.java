package dev.lmstudiooperator.controller.reachability;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Determines the addresses of a node from the URL in its status. Queries the name service for a host name. */
final class AddressResolver {

    private static final String WHAT_TO_DO =
            "Make LM Studio listen on an address that the cluster reaches, for example with `lms server start --bind"
                    + " 0.0.0.0`, and set spec.advertisedAddress of the LMStudioNode to it";

    /** Paths that a client of the Service does not have to know. */
    private static final List<String> NO_PATH = List.of("", "/");

    private static final Map<String, Integer> DEFAULT_PORTS = Map.of("http", 80, "https", 443);

    /** Kubernetes refuses these addresses in an EndpointSlice, except some of the multicast addresses. */
    private static final Map<String, Predicate<InetAddress>> REFUSED = Map.of(
            "a loopback address", InetAddress::isLoopbackAddress,
            "the unspecified address", InetAddress::isAnyLocalAddress,
            "a link-local address", InetAddress::isLinkLocalAddress,
            "a multicast address", InetAddress::isMulticastAddress);

    /** The name service; a test replaces it. */
    @FunctionalInterface
    interface NameService {
        InetAddress[] lookup(String host) throws UnknownHostException;
    }

    private final NameService names;

    AddressResolver(NameService names) {
        this.names = names;
    }

    /**
     * Blocks while the name service is queried.
     *
     * @param apiAddress the URL in the status of the node
     * @param before the last result for the same URL. It stays if the name service fails
     */
    NodeAddress resolve(String nodeName, String apiAddress, NodeAddress before) {
        URI url;
        try {
            url = new URI(apiAddress);
        } catch (URISyntaxException e) {
            return unusable(nodeName, apiAddress, "is not a URL");
        }
        Integer defaultPort = url.getScheme() == null ? null : DEFAULT_PORTS.get(url.getScheme());
        if (defaultPort == null || url.getHost() == null) {
            return unusable(nodeName, apiAddress, "is not a URL with scheme http or https and a host");
        }
        if (!NO_PATH.contains(url.getPath())) {
            return unusable(nodeName, apiAddress, "has a path, which a Service cannot add to requests");
        }
        int port = url.getPort() < 0 ? defaultPort : url.getPort();
        try {
            return classify(
                    nodeName,
                    apiAddress,
                    url.getScheme().equals("https"),
                    port,
                    Arrays.asList(names.lookup(withoutBrackets(url.getHost()))));
        } catch (UnknownHostException e) {
            return before instanceof NodeAddress.Usable
                    ? before
                    : new NodeAddress.Unresolved(
                            "The host %s of node %s cannot be resolved. Correct the name service, or spec.advertisedAddress of the LMStudioNode"
                                    .formatted(url.getHost(), nodeName));
        }
    }

    private static NodeAddress classify(
            String nodeName, String apiAddress, boolean isHttps, int port, List<InetAddress> addresses) {
        List<InetAddress> usable = addresses.stream()
                .filter(address -> REFUSED.values().stream().noneMatch(kind -> kind.test(address)))
                .toList();
        if (usable.isEmpty()) {
            String kinds = REFUSED.entrySet().stream()
                    .filter(kind -> addresses.stream().anyMatch(kind.getValue()))
                    .map(Map.Entry::getKey)
                    .sorted()
                    .collect(Collectors.joining(" or "));
            return unusable(nodeName, apiAddress, "is " + kinds);
        }
        return new NodeAddress.Usable(isHttps, port, texts(usable, true), texts(usable, false));
    }

    private static List<String> texts(List<InetAddress> addresses, boolean isIpv4) {
        return addresses.stream()
                .filter(address -> address instanceof Inet4Address == isIpv4)
                .map(address -> isIpv4 ? address.getHostAddress() : Ipv6Text.of(address.getAddress()))
                .distinct()
                .sorted()
                .toList();
    }

    private static NodeAddress unusable(String nodeName, String apiAddress, String why) {
        return new NodeAddress.Unusable(
                "The address %s of node %s %s. %s".formatted(apiAddress, nodeName, why, WHAT_TO_DO));
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
