package dev.lmstudiooperator.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A TCP port in front of another server. When it is shut, it closes all connections and refuses new ones. */
public final class TcpProxy implements AutoCloseable {

    private final InetAddress address;
    private final InetSocketAddress target;
    private final int port;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Set<Socket> lost = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private ServerSocket listening;

    private TcpProxy(InetAddress address, InetSocketAddress target, int port) {
        this.address = address;
        this.target = target;
        this.port = port;
        this.listening = unbound();
    }

    /** Creates a proxy that is shut. */
    static TcpProxy before(String host, int targetPort) {
        return before(InetAddress.getLoopbackAddress(), host, targetPort);
    }

    /** Creates a proxy that is shut. It listens on this address of the machine. */
    public static TcpProxy before(InetAddress address, String host, int targetPort) {
        try (ServerSocket free = new ServerSocket(0)) {
            return new TcpProxy(address, new InetSocketAddress(host, targetPort), free.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public void open() {
        try {
            ServerSocket socket = unbound();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
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

    /**
     * Stops forwarding data on the existing connections without closing them, like a router that drops its state. New
     * connections work.
     */
    public void loseConnections() {
        lost.addAll(connections);
    }

    @Override
    public void close() {
        closed.countDown();
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
            // The proxy was shut.
        }
    }

    private void carry(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16_384];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (!lost.contains(from)) {
                    out.write(buffer, 0, length);
                }
            }
            if (lost.contains(from)) {
                // Keep the other side open too, so that it does not detect the loss.
                closed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // One side closed the connection; close the other side too.
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
