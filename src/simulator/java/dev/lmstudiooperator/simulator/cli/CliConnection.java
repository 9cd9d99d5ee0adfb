package dev.lmstudiooperator.simulator.cli;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The connection to one front end. Frames to the front end have a type byte, a 32-bit length and a payload. The types
 * are {@code o}, {@code e}: text for stdout and stderr; {@code x}: exit code; {@code s}: terminating signal; {@code i},
 * {@code t}: ignore SIGINT, SIGTERM; {@code g}: start a grandchild; {@code d}: start a child that ends immediately and
 * is not reaped; {@code z}: write garbage; {@code b}: burn CPU. The front end sends one byte {@code I} for each SIGINT.
 * The end of the stream means that the front end has ended.
 */
final class CliConnection implements Closeable {

    /** Events that wake a waiting call. */
    enum Event {
        INTERRUPTED,
        DISCONNECTED,
        CHANGED
    }

    private static final int LARGEST_FRAME = 64 << 10;

    private final Socket socket;
    private final DataOutputStream out;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    CliConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), LARGEST_FRAME));
    }

    /** Converts the input from the front end to events until the front end ends. */
    void listen(InputStream in) {
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                events.add(Event.INTERRUPTED);
            }
        } catch (IOException e) {
            // A killed front end can reset the connection. This also means that it has ended.
        }
        events.add(Event.DISCONNECTED);
    }

    void signalChange() {
        events.add(Event.CHANGED);
    }

    /** Waits in real time for an event. Returns {@link Event#CHANGED} after a timeout. */
    Event await(Duration atMost) throws InterruptedException {
        flush();
        var event = events.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        return event == null ? Event.CHANGED : event;
    }

    void stdout(byte[] bytes) {
        frames('o', bytes);
    }

    void stderr(String text) {
        frames('e', text.getBytes(StandardCharsets.UTF_8));
    }

    void command(char type, String payload) {
        frame(type, payload.getBytes(StandardCharsets.UTF_8), 0, payload.length());
    }

    void exit(Call.ExitStatus status) {
        switch (status) {
            case Call.ExitStatus.Exit exit -> command('x', Integer.toString(exit.code()));
            case Call.ExitStatus.Signal signal -> command('s', signal.name());
            case Call.ExitStatus.Disconnected disconnected -> {}
        }
        flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void frames(char type, byte[] bytes) {
        for (int from = 0; from < bytes.length; from += LARGEST_FRAME) {
            frame(type, bytes, from, Math.min(LARGEST_FRAME, bytes.length - from));
        }
    }

    private synchronized void frame(char type, byte[] bytes, int from, int length) {
        try {
            out.writeByte(type);
            out.writeInt(length);
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw CallEndedException.disconnected();
        }
    }

    private synchronized void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            events.add(Event.DISCONNECTED);
        }
    }
}
