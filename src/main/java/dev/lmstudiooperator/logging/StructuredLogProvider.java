package dev.lmstudiooperator.logging;

import dev.lmstudiooperator.config.NodeIdentity;
import dev.lmstudiooperator.config.OperatorConfig;
import io.quarkiverse.loggingjson.JsonGenerator;
import io.quarkiverse.loggingjson.JsonProvider;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Formatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the message and the fields of a log line as JSON. The framework reports the current resource in its own context.
 * Only context values with a {@link LogField} are written, under the name of that field.
 */
@Singleton
public final class StructuredLogProvider implements JsonProvider {

    private static final Formatter MESSAGE_ONLY = new PatternFormatter("%s");
    private static final String CONTEXT = "resource.";
    private static final String NO_NAMESPACE = "no namespace";

    private final @Nullable String node;

    @Inject
    StructuredLogProvider(OperatorConfig config, NodeIdentity node) {
        this(config.role().isAgent() ? node.name() : null);
    }

    /** @param node the node of the agent in this process; null if the process is not an agent */
    StructuredLogProvider(@Nullable String node) {
        this.node = node;
    }

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
        if (node != null) {
            fields.put(LogField.NODE, node);
        }
        fields.putAll(event.fields());
        return fields;
    }

    private static Optional<String> context(ExtLogRecord line, String key) {
        return Optional.ofNullable(line.getMdc(CONTEXT + key));
    }
}
