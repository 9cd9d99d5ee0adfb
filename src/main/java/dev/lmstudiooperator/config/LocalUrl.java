package dev.lmstudiooperator.config;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;

/** Determines whether a URL names a server on this machine. */
public final class LocalUrl {

    private static final int PORT_OF_HTTP = 80;

    /** The API of LM Studio starts at the root. Any other path belongs to a client or to a proxy. */
    private static final Set<String> PATHS_OF_A_SERVER = Set.of("", "/");

    private LocalUrl() {}

    /**
     * Returns the address of this machine that the URL names. Empty if it names another machine, or a proxy in front of a
     * server. May query the name service.
     */
    public static Optional<InetAddress> addressOf(URI url) {
        if (!"http".equals(url.getScheme()) || !isWithoutPath(url)) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.getByName(url.getHost());
            return isOfThisMachine(address) ? Optional.of(address) : Optional.empty();
        } catch (UnknownHostException | SocketException e) {
            return Optional.empty();
        }
    }

    /** A single slash counts as no path. */
    static boolean isWithoutPath(URI url) {
        return PATHS_OF_A_SERVER.contains(url.getPath());
    }

    public static int portOf(URI url) {
        return url.getPort() < 0 ? PORT_OF_HTTP : url.getPort();
    }

    private static boolean isOfThisMachine(InetAddress address) throws SocketException {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || NetworkInterface.getByInetAddress(address) != null;
    }
}
