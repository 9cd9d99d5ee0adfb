package dev.lmstudiooperator.lmstudio.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests exceptions of Java's HTTP client. */
class ConnectFailureTest {

    @Test
    void refusedConnectionHasNoMessageOfItsOwn() {
        Throwable refused = new ConnectException().initCause(new ClosedChannelException());

        assertThat(reason(refused)).isEqualTo("connection refused");
    }

    @Test
    void unknownHostStandsInTheCause() {
        Throwable unknown = new ConnectException().initCause(new UnresolvedAddressException());

        assertThat(reason(unknown)).isEqualTo("unknown host");
        assertThat(reason(new UnknownHostException("gpu-1"))).isEqualTo("unknown host");
    }

    @Test
    void timeoutOfAConnectionNamesItsLimit() {
        HttpConnectTimeoutException timeout = new HttpConnectTimeoutException("HTTP connect timed out");

        assertThat(reason(timeout)).isEqualTo("no connection within 2 s");
        assertThat(Transport.connectFailure(timeout, Duration.ofMillis(1500)))
                .isEqualTo("no connection within 1500 ms");
    }

    @Test
    void messageIsKeptWhereThereIsOne() {
        assertThat(reason(new ConnectException("Network is unreachable")))
                .isEqualTo("ConnectException Network is unreachable");
        assertThat(reason(new IOException("Connection reset"))).isEqualTo("IOException Connection reset");
    }

    @Test
    void exceptionWithoutAMessageIsNamedByItsType() {
        assertThat(reason(new ClosedChannelException())).isEqualTo("ClosedChannelException");
        assertThat(reason(new IOException(" "))).isEqualTo("IOException");
    }

    private static String reason(Throwable failure) {
        return Transport.connectFailure(failure, Duration.ofSeconds(2));
    }
}
