package dev.lmstudiooperator.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which URLs mean this machine. Documentation addresses stand for other machines. The test resolves no names. */
class LocalUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:1234, 127.0.0.1",
        "http://127.8.8.8:1234, 127.8.8.8",
        "http://0.0.0.0:1234/, 0.0.0.0",
        "http://[::1]:1234, 0:0:0:0:0:0:0:1"
    })
    void loopbackIsThisMachine(String url, String address) {
        assertThat(LocalUrl.addressOf(URI.create(url)))
                .map(InetAddress::getHostAddress)
                .contains(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://192.0.2.1:1234",
                "http://[2001:db8::1]:1234",
                "https://127.0.0.1:1234",
                "http://127.0.0.1:1234/lms"
            })
    void othersAreNot(String url) {
        assertThat(LocalUrl.addressOf(URI.create(url))).isEmpty();
    }

    @Test
    void portThatIsLeftOutIsThatOfHttp() {
        assertThat(LocalUrl.portOf(URI.create("http://127.0.0.1"))).isEqualTo(80);
        assertThat(LocalUrl.portOf(URI.create("http://127.0.0.1:1234"))).isEqualTo(1234);
    }
}
