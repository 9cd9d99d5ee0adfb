package dev.lmstudiooperator.controller.endpointslice;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.controller.reachability.NodeAddress.Family;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What all endpoints of an EndpointSlice have in common.
 *
 * @param portName name of the port of the Service; empty for an unnamed port
 * @param port port number of LM Studio
 * @param appProtocol application protocol; null if unknown
 */
record SliceKey(
        String portName, Family family, int port, @Nullable String appProtocol) {

    static final String TCP = "TCP";

    /** The key of an EndpointSlice; empty if this operator would not write such a slice. */
    static Optional<SliceKey> of(EndpointSlice slice) {
        List<EndpointPort> ports = requireNonNullElse(slice.getPorts(), List.of());
        if (ports.size() != 1 || ports.getFirst().getPort() == null) {
            return Optional.empty();
        }
        EndpointPort port = ports.getFirst();
        return Arrays.stream(Family.values())
                .filter(family -> family.text().equals(slice.getAddressType()))
                .filter(family -> TCP.equals(port.getProtocol()))
                .findFirst()
                .map(family -> new SliceKey(
                        requireNonNullElse(port.getName(), ""), family, port.getPort(), port.getAppProtocol()));
    }

    EndpointPort endpointPort() {
        return new EndpointPortBuilder()
                .withName(portName)
                .withProtocol(TCP)
                .withPort(port)
                .withAppProtocol(appProtocol)
                .build();
    }
}
