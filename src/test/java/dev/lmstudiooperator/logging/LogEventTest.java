package dev.lmstudiooperator.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LogEventTest {

    @Test
    void fieldsStandInTheSameOrderWhoeverWrites() {
        LogEvent event = LogEvent.of("It happened").with(LogField.MODEL, "qwen").about(new ResourceID("chat", "team"));

        assertThat(event).hasToString("It happened: namespace=team name=chat model=qwen");
    }

    @Test
    void sentenceWithoutFieldsStandsAlone() {
        assertThat(LogEvent.of("It happened")).hasToString("It happened");
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertThat(LogEvent.of("It happened").with(LogField.MODEL, null).fields())
                .isEmpty();
    }

    @Test
    void numbersAndTruthValuesStayWhatTheyAre() {
        assertThat(LogEvent.of("It happened")
                        .with(LogField.GENERATION, 3L)
                        .with(LogField.SUCCESS, true)
                        .took(Duration.ofMillis(1_250))
                        .fields())
                .containsEntry(LogField.GENERATION, 3L)
                .containsEntry(LogField.SUCCESS, true)
                .containsEntry(LogField.DURATION_SECONDS, 1.25);
    }

    @Test
    void timeIsIso8601InUtc() {
        assertThat(LogEvent.of("It happened")
                        .with(LogField.RETRY_AT, Instant.parse("2026-01-01T00:00:00Z"))
                        .fields())
                .containsEntry(LogField.RETRY_AT, "2026-01-01T00:00:00Z");
    }

    @Test
    void textOfTwoWordsIsQuoted() {
        assertThat(LogEvent.of("It happened").with(LogField.ERROR, "no \"such\" model"))
                .hasToString("It happened: error=\"no \\\"such\\\" model\"");
    }

    /** Otherwise a user who chooses an identifier could forge log lines. */
    @Test
    void textOfOthersIsOneCleanBoundedLineWithoutSecrets() {
        String foreign = "\u001b[31mred\u001b[0m\n2026-01-01 INFO forged\u0007 sk-lm-secret " + "x".repeat(2_000);

        Object logged = LogEvent.of("It happened")
                .with(LogField.ERROR, foreign)
                .fields()
                .get(LogField.ERROR);

        assertThat(logged)
                .asString()
                .startsWith("red 2026-01-01 INFO forged [secret] xxx")
                .hasSizeLessThanOrEqualTo(512);
    }
}
