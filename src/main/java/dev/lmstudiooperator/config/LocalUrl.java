package dev.lmstudiooperator.config;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;

/** Whether a URL means a server on this machine itself. */
public final class LocalUrl {

    private static final int PORT_OF_HTTP = 80;

    /** LM Studio's API begins at the root. Any other path belongs to a client, or to something in between. */
    private static final Set<String> PATHS_OF_A_SERVER = Set.of("", "/");

    private LocalUrl() {}

    /**
     * The address of this machine that the URL names; empty when it names another machine, or what stands before a server.
     * May ask the name service.
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

    /** A slash alone is none. */
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
