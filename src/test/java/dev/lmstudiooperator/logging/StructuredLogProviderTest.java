package dev.lmstudiooperator.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.quarkiverse.loggingjson.StringBuilderWriter;
import io.quarkiverse.loggingjson.jackson.JacksonJsonFactory;
import java.io.IOException;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StructuredLogProviderTest {

    private static final @Nullable String NO_AGENT = null;

    @Test
    void fieldsStandBesideTheConstantSentence() throws IOException {
        LogEvent event = LogEvent.of("It happened")
                .about(new ResourceID("chat", "team"))
                .with(LogField.GENERATION, 3L)
                .with(LogField.SUCCESS, false);

        assertThat(json(NO_AGENT, line("%s", event)))
                .isEqualTo(parsed(
                        "{'message':'It happened','namespace':'team','name':'chat','generation':3,'success':false}"));
    }

    @Test
    void linesOfTheAgentNameItsNodeUnlessTheyConcernAnother() throws IOException {
        assertThat(json("gpu-1", line("%s", LogEvent.of("Here"))))
                .isEqualTo(parsed("{'message':'Here','node':'gpu-1'}"));
        assertThat(json("gpu-1", line("%s", LogEvent.of("There").with(LogField.NODE, "gpu-2"))))
                .isEqualTo(parsed("{'message':'There','node':'gpu-2'}"));
    }

    @Test
    void frameworksLinesHaveTheSameNamesAndNothingElseOfItsContext() throws IOException {
        ExtLogRecord line = line("%s is reconciled", "It");
        line.putMdc("resource.namespace", "team");
        line.putMdc("resource.name", "chat");
        line.putMdc("resource.generation", "2");
        line.putMdc("resource.uid", "1234");

        assertThat(json(NO_AGENT, line))
                .isEqualTo(parsed("{'message':'It is reconciled','namespace':'team','name':'chat','generation':2}"));
    }

    /** The name belongs to a node, not to a ManagedModel. */
    @Test
    void whatIsInNoNamespaceIsNoManagedModel() throws IOException {
        ExtLogRecord line = line("%s is reconciled", "It");
        line.putMdc("resource.namespace", "no namespace");
        line.putMdc("resource.name", "gpu-1");

        assertThat(json(NO_AGENT, line)).isEqualTo(parsed("{'message':'It is reconciled'}"));
    }

    private static ExtLogRecord line(String format, Object parameter) {
        ExtLogRecord line = new ExtLogRecord(Level.INFO, format, ExtLogRecord.FormatStyle.PRINTF, "any");
        line.setParameters(new Object[] {parameter});
        return line;
    }

    private static JsonNode json(@Nullable String node, ExtLogRecord line) throws IOException {
        StringBuilderWriter written = new StringBuilderWriter();
        try (var json = new JacksonJsonFactory().createGenerator(written)) {
            json.writeStartObject();
            new StructuredLogProvider(node).writeTo(json, line);
            json.writeEndObject();
        }
        return new ObjectMapper().readTree(written.toString());
    }

    private static JsonNode parsed(String json) throws JsonProcessingException {
        return new ObjectMapper().readTree(json.replace('\'', '"'));
    }
}
