package dev.lmstudiooperator.lmstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerAddressTest {

    @Test
    void isWrittenAsInAUrl() {
        assertThat(new ServerAddress("127.0.0.1", 1234)).hasToString("127.0.0.1:1234");
        assertThat(new ServerAddress("0:0:0:0:0:0:0:1", 1234)).hasToString("[0:0:0:0:0:0:0:1]:1234");
    }

    @ParameterizedTest
    @CsvSource({"localhost, 1234", "'', 1234", "-p, 1234", "127.0.0.1, 0", "127.0.0.1, 65536", "127.0.0.1 --cors, 1"})
    void whatLmsCouldTakeForSomethingElseIsRefused(String bind, int port) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ServerAddress(bind, port));
    }
}
