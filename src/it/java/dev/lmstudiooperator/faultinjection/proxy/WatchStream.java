package dev.lmstudiooperator.faultinjection.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Forwards the events of one watch line by line, as {@link TrafficPolicy} decides. */
final class WatchStream {

    private static final String EXPIRED = """
            {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
            "message":"too old resource version","reason":"Expired","code":410}}
            """;

    private final InputStream from;
    private final OutputStream to;
    private final Supplier<TrafficPolicy> policy;
    private final CountDownLatch end;

    WatchStream(InputStream from, OutputStream to, Supplier<TrafficPolicy> policy, CountDownLatch end) {
        this.from = from;
        this.to = to;
        this.policy = policy;
        this.end = end;
    }

    void forward() throws IOException {
        to.flush();
        var lines = new BufferedReader(new InputStreamReader(from, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!forwardLine(line)) {
                return;
            }
        }
    }

    /** @return whether the watch continues */
    private boolean forwardLine(String line) throws IOException {
        if (line.startsWith("{\"type\":\"BOOKMARK\"")) {
            return send(line + "\n");
        }
        return switch (policy.get().event()) {
            case TrafficPolicy.EventAction.Pass pass -> send(line + "\n");
            case TrafficPolicy.EventAction.Delay delay -> {
                pause(delay.by());
                yield send(line + "\n");
            }
            case TrafficPolicy.EventAction.Close close -> false;
            case TrafficPolicy.EventAction.Expire expire -> {
                send(EXPIRED);
                yield false;
            }
            case TrafficPolicy.EventAction.Drop drop -> {
                pause(drop.duration());
                send(EXPIRED);
                yield false;
            }
        };
    }

    private boolean send(String text) throws IOException {
        to.write(escaped(text).getBytes(US_ASCII));
        to.flush();
        return true;
    }

    /** Returns equivalent JSON in ASCII. The client's plain HTTP watch reads zeros after a multi-byte character. */
    private static String escaped(String json) {
        return json.chars()
                .mapToObj(letter -> letter < 128 ? String.valueOf((char) letter) : "\\u%04x".formatted(letter))
                .collect(Collectors.joining());
    }

    private void pause(Duration time) throws IOException {
        try {
            if (end.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the proxy was closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
