package dev.lmstudiooperator.operator;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;

/** A server in place of LM Studio, on an address that Services can publish. It answers every request with 404. */
public final class HttpStandIn implements AutoCloseable {

    private final int port;
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;

    private HttpStandIn(int port) {
        this.port = port;
        this.server = listening(port);
    }

    public static HttpStandIn start() {
        return new HttpStandIn(OperatorProcess.freePort());
    }

    /** An IPv4 address of this machine that Services can publish. */
    static String ip() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(Inet4Address.class::isInstance)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .map(InetAddress::getHostAddress)
                    .sorted()
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException("This machine needs an IPv4 address that is not local"));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    public String url() {
        return "http://%s:%d".formatted(ip(), port);
    }

    /** The number of requests since the start. */
    int requests() {
        return requests.get();
    }

    /** From now on connections are refused. */
    void stop() {
        server.stop(0);
    }

    void startAgain() {
        server = listening(port);
    }

    private HttpServer listening(int ownPort) {
        try {
            HttpServer created = HttpServer.create(new InetSocketAddress(ownPort), 0);
            created.createContext("/", exchange -> {
                requests.incrementAndGet();
                exchange.sendResponseHeaders(404, -1);
                exchange.close();
            });
            created.start();
            return created;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
