package dev.lmstudiooperator.logging;

import dev.lmstudiooperator.lmstudio.TextSanitizer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One log event: a constant message and its fields. In JSON the fields are separate keys; in text they follow the message.
 *
 * @param message a constant, so that equal events can be found and counted
 * @param fields texts, numbers and booleans; texts are sanitized, single-line and bounded
 */
public record LogEvent(String message, Map<LogField, Object> fields) {

    private static final Pattern PLAIN = Pattern.compile("[^\\s\"=]+");

    public static LogEvent of(String message) {
        return new LogEvent(message, Map.of());
    }

    /** Adds a field. A null value adds nothing. */
    public LogEvent with(LogField field, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        Map<LogField, Object> more = new EnumMap<>(LogField.class);
        more.putAll(fields);
        more.put(
                field,
                value instanceof Number || value instanceof Boolean ? value : TextSanitizer.clean(value.toString()));
        return new LogEvent(message, Collections.unmodifiableMap(more));
    }

    public LogEvent took(Duration duration) {
        return with(LogField.DURATION_SECONDS, duration.toMillis() / 1000.0);
    }

    public LogEvent about(HasMetadata object) {
        return about(ResourceID.fromResource(object));
    }

    public LogEvent about(ResourceID object) {
        return with(LogField.NAMESPACE, object.getNamespace().orElse(null)).with(LogField.NAME, object.getName());
    }

    public void debug(Logger log) {
        log.debugf("%s", this);
    }

    public void info(Logger log) {
        log.infof("%s", this);
    }

    public void warn(Logger log) {
        log.warnf("%s", this);
    }

    public void error(Logger log) {
        log.errorf("%s", this);
    }

    /** Logs an unexpected failure with its stack trace. */
    public void error(Logger log, Throwable unforeseen) {
        log.errorf(unforeseen, "%s", this);
    }

    @Override
    public String toString() {
        return fields.isEmpty()
                ? message
                : fields.entrySet().stream()
                        .map(LogEvent::readable)
                        .collect(Collectors.joining(" ", message + ": ", ""));
    }

    private static String readable(Entry<LogField, Object> field) {
        String value = field.getValue().toString();
        return field.getKey().key()
                + "="
                + (PLAIN.matcher(value).matches()
                        ? value
                        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
    }
}
