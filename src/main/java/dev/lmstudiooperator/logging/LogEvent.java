package dev.lmstudiooperator.logging;

import dev.lmstudiooperator.lmstudio.TextSanitizer;
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
 * One line of the log: what happened, and to whom. In JSON the fields stand beside the sentence, in text behind it.
 *
 * @param message a constant, so that equal things can be found and counted
 * @param fields texts, numbers and truth values; texts are clean, of one line, and bounded
 */
public record LogEvent(String message, Map<LogField, Object> fields) {

    private static final Pattern PLAIN = Pattern.compile("[^\\s\"=]+");

    public static LogEvent of(String message) {
        return new LogEvent(message, Map.of());
    }

    /** The same with one more field; without it when there is nothing to say. */
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

    public LogEvent about(String namespace, String name) {
        return with(LogField.NAMESPACE, namespace).with(LogField.NAME, name);
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

    /** The same with where it happened: for what nobody has foreseen. */
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
