package dev.lmstudiooperator.controller.reachability;

import java.util.List;

/** The address of a node's LM Studio, as far as endpoints can use it. */
public sealed interface NodeAddress {

    /**
     * Endpoints can use it. At least one list is not empty. Both lists are sorted.
     *
     * @param isHttps whether clients have to use TLS
     * @param ipv4 IPv4 addresses
     * @param ipv6 IPv6 addresses in their canonical form
     */
    record Usable(boolean isHttps, int port, List<String> ipv4, List<String> ipv6) implements NodeAddress {

        /** The address of this family that endpoints use; empty if there is none. */
        public List<String> of(Family family) {
            return switch (family) {
                case IPV4 -> ipv4;
                case IPV6 -> ipv6;
            };
        }

        /** An address for a probe, in the form of a URL's host. */
        String host() {
            return ipv4.isEmpty() ? "[%s]".formatted(ipv6.getFirst()) : ipv4.getFirst();
        }
    }

    /**
     * No endpoint can use it, for example because it is a loopback address.
     *
     * @param why one clause that names the address and what to do
     */
    record Unusable(String why) implements NodeAddress {}

    /**
     * The name service does not know the host.
     *
     * @param why one clause that names the host and what to do
     */
    record Unresolved(String why) implements NodeAddress {}

    /** The agent has not reported an address yet, or the host name is being resolved. */
    record Unknown() implements NodeAddress {}

    /** A family of IP addresses. */
    enum Family {
        IPV4("IPv4"),
        IPV6("IPv6");

        private final String text;

        Family(String text) {
            this.text = text;
        }

        /** The value of {@code addressType} in an EndpointSlice, and of {@code ipFamilies} in a Service. */
        public String text() {
            return text;
        }
    }
}
