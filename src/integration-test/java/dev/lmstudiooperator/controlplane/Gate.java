package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port through which an API server is reached, and which can be shut: connections are cut, and new ones are refused. */
public final class Gate implements AutoCloseable {

    private final InetSocketAddress target;
    private final int port;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private ServerSocket listening;

    private Gate(InetSocketAddress target, int port) {
        this.target = target;
        this.port = port;
        this.listening = unbound();
    }

    /** Shut at first. */
    static Gate before(String host, int targetPort) {
        try (ServerSocket free = new ServerSocket(0)) {
            return new Gate(new InetSocketAddress(host, targetPort), free.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    public void open() {
        try {
            ServerSocket socket = unbound();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            listening = socket;
            Thread.ofPlatform().daemon().start(() -> accept(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void shut() {
        try {
            listening.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        shut();
    }

    private void accept(ServerSocket socket) {
        try {
            while (true) {
                Socket outside = socket.accept();
                Socket inside = new Socket();
                connections.add(outside);
                connections.add(inside);
                inside.connect(target);
                Thread.ofPlatform().daemon().start(() -> carry(outside, inside));
                Thread.ofPlatform().daemon().start(() -> carry(inside, outside));
            }
        } catch (IOException e) {
            // The gate was shut.
        }
    }

    private void carry(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of the two is gone; the other follows.
        } finally {
            connections.remove(from);
            connections.remove(to);
        }
    }

    private static ServerSocket unbound() {
        try {
            return new ServerSocket();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
