package dev.lmstudiooperator.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;

/** The log of an operator that runs as in a cluster. */
final class JsonLog {

    /** The format of timestamps in the log. */
    static final String UTC = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonLog() {}

    /** The lines of the log, each of which must be an object. */
    static List<JsonNode> of(OperatorProcess operator) {
        return operator.lines().map(JsonLog::parsed).toList();
    }

    private static JsonNode parsed(String line) {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Not JSON: " + line, e);
        }
    }
}
