package dev.lmstudiooperator.lmstudio.http;

import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Describes why a connection failed. The exceptions of the Java client often have no message. */
final class ConnectFailure {

    private ConnectFailure() {}

    /** @param deadline the maximum time for establishing a connection */
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

    /** Returns the type of the exception and its message. */
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
