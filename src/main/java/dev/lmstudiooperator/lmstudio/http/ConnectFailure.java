package dev.lmstudiooperator.lmstudio.http;

import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a server was not reached, in words: the exceptions of Java's client often have no message. */
final class ConnectFailure {

    private ConnectFailure() {}

    /** @param deadline how long a connection may take */
    static String reason(Throwable failure, Duration deadline) {
        if (failure instanceof HttpConnectTimeoutException) {
            return "no connection within " + readable(deadline);
        }
        if (isUnknownHost(failure)) {
            return "unknown host";
        }
        return failure instanceof ConnectException && failure.getMessage() == null
                ? "connection refused"
                : named(failure);
    }

    /** The kind of an exception, and what it says. */
    static String named(Throwable exception) {
        String kind = exception.getClass().getSimpleName();
        String said = TextSanitizer.of(exception);
        return said.equals(kind) ? kind : kind + " " + said;
    }

    private static boolean isUnknownHost(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private static String readable(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
