package dev.lmstudiooperator.simulator.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.lmstudiooperator.simulator.state.Daemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An HTTP server that can be closed and opened again on the same port. */
public final class HttpPort implements Daemon.Port {

    private static final int BACKLOG = 1024;

    private final InetAddress address;
    private final HttpHandler handler;
    private @Nullable HttpServer server;
    private @Nullable ExecutorService requests;
    private int number;

    /** Listens on loopback only. */
    public HttpPort(int number, HttpHandler handler) {
        this(InetAddress.getLoopbackAddress(), number, handler);
    }

    public HttpPort(InetAddress address, int number, HttpHandler handler) {
        this.address = address;
        this.number = number;
        this.handler = handler;
    }

    @Override
    public synchronized void open(int wanted) throws IOException {
        if (server != null && (wanted == 0 || wanted == number)) {
            return;
        }
        var opened = HttpServer.create(new InetSocketAddress(address, wanted == 0 ? number : wanted), BACKLOG);
        close();
        opened.createContext("/", this::handle);
        var threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
        opened.setExecutor(threads);
        opened.start();
        server = opened;
        requests = threads;
        number = opened.getAddress().getPort();
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
        if (requests != null) {
            // Interrupts requests that hang.
            var unused = requests.shutdownNow();
            requests = null;
        }
    }

    @Override
    public synchronized boolean isOpen() {
        return server != null;
    }

    @Override
    public synchronized int number() {
        return number;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            handler.handle(exchange);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
