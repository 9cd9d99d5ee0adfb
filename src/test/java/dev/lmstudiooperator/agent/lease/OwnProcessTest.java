package dev.lmstudiooperator.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.lease.StateDirectory.OwnProcess;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnProcessTest {

    /** The PID of an agent in a Pod is a small number there, and another number on the host. */
    @Test
    void pidOfAContainerIsNotTakenForOneOfTheHost() {
        assertThat(OwnProcess.description(7, Optional.of("pid:[4026532281]"))).isEqualTo("PID 7 inside a container");
    }

    @Test
    void pidOfTheMachineStandsAlone() {
        assertThat(OwnProcess.description(4711, Optional.of("pid:[4026531836]")))
                .isEqualTo("PID 4711");
        assertThat(OwnProcess.description(4711, Optional.empty())).isEqualTo("PID 4711");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PID 4711", "PID 2147483647 inside a container"})
    void whatAnotherProcessWroteIsRead(String note) {
        assertThat(OwnProcess.read(note)).isEqualTo(note);
        assertThat(note).hasSizeLessThan(OwnProcess.LONGEST);
    }

    @ParameterizedTest
    @CsvSource({"4711, PID 4711", "'', PID unknown", "rm -rf, PID unknown", "PID 7 outside, PID unknown"})
    void anythingElseIsReadWithCare(String note, String read) {
        assertThat(OwnProcess.read(note)).isEqualTo(read);
    }
}
