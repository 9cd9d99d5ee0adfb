package dev.lmstudiooperator.observability.log;

import io.quarkiverse.loggingjson.JsonGenerator;
import io.quarkiverse.loggingjson.JsonProvider;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Formatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;

/**
 * Message and fields of a line in JSON. The framework says in a context of its own which resource it speaks of: of that stays
 * what has a name with us, under that name.
 *
 * @param node the node whose agent this process is; empty when it is no agent
 */
public record JsonLine(Optional<String> node) implements JsonProvider {

    private static final Formatter MESSAGE_ONLY = new PatternFormatter("%s");
    private static final String CONTEXT = "resource.";
    private static final String NO_NAMESPACE = "no namespace";

    @Override
    public void writeTo(JsonGenerator json, ExtLogRecord line) throws IOException {
        Object[] parameters = line.getParameters();
        boolean isOurs = parameters != null && parameters.length == 1 && parameters[0] instanceof LogEvent;
        LogEvent event = isOurs ? (LogEvent) parameters[0] : LogEvent.of(MESSAGE_ONLY.format(line));
        json.writeStringField("message", event.message());
        for (Map.Entry<LogField, Object> field : complete(event, line).entrySet()) {
            json.writeObjectField(field.getKey().key(), field.getValue());
        }
    }

    private Map<LogField, Object> complete(LogEvent event, ExtLogRecord line) {
        Map<LogField, Object> fields = new EnumMap<>(LogField.class);
        context(line, "namespace").filter(name -> !name.equals(NO_NAMESPACE)).ifPresent(namespace -> {
            fields.put(LogField.NAMESPACE, namespace);
            context(line, "name").ifPresent(name -> fields.put(LogField.NAME, name));
            context(line, "generation")
                    .map(Long::valueOf)
                    .ifPresent(generation -> fields.put(LogField.GENERATION, generation));
        });
        node.ifPresent(name -> fields.put(LogField.NODE, name));
        fields.putAll(event.fields());
        return fields;
    }

    private static Optional<String> context(ExtLogRecord line, String key) {
        return Optional.ofNullable(line.getMdc(CONTEXT + key));
    }
}
