package dev.lmstudiooperator.campaign.proxy;

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

/** One watch: forwards events line by line, as {@link Traffic} decides. */
final class WatchStream {

    private static final String EXPIRED = """
            {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
            "message":"too old resource version","reason":"Expired","code":410}}
            """;

    private final InputStream from;
    private final OutputStream to;
    private final Supplier<Traffic> traffic;
    private final CountDownLatch end;

    WatchStream(InputStream from, OutputStream to, Supplier<Traffic> traffic, CountDownLatch end) {
        this.from = from;
        this.to = to;
        this.traffic = traffic;
        this.end = end;
    }

    void carry() throws IOException {
        to.flush();
        var lines = new BufferedReader(new InputStreamReader(from, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!isHandedOver(line)) {
                return;
            }
        }
    }

    private boolean isHandedOver(String line) throws IOException {
        if (line.startsWith("{\"type\":\"BOOKMARK\"")) {
            return isSent(line + "\n");
        }
        return switch (traffic.get().event()) {
            case Traffic.OfEvent.Pass pass -> isSent(line + "\n");
            case Traffic.OfEvent.Delay delay -> {
                pause(delay.by());
                yield isSent(line + "\n");
            }
            case Traffic.OfEvent.Close close -> false;
            case Traffic.OfEvent.Expire expire -> {
                isSent(EXPIRED);
                yield false;
            }
            case Traffic.OfEvent.Drop drop -> {
                pause(drop.blindness());
                isSent(EXPIRED);
                yield false;
            }
        };
    }

    private boolean isSent(String text) throws IOException {
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
