package dev.lmstudiooperator.config;

import io.quarkus.runtime.configuration.DurationConverter;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/**
 * Constraint on the value of a property.
 *
 * @param words completes the sentence "allowed is …"
 */
record ValueConstraint(String words, Predicate<String> includes) {

    private static final List<Class<?>> NUMBERS = List.of(int.class, Integer.class, long.class, Long.class);

    /** Derives the constraint from the type and from annotations of the configuration interface. */
    static ValueConstraint by(Class<?> type, AnnotatedElement declaration) {
        if (type == Duration.class) {
            return duration(declaration);
        }
        if (type == Path.class) {
            return new ValueConstraint("an absolute path" + ofThisCharset(), tried(value -> Path.of(value)
                    .isAbsolute()));
        }
        if (type == URI.class) {
            return new ValueConstraint(
                    "http or https, host and port, such as http://127.0.0.1:1234, without path, user, query and fragment",
                    tried(value -> isAddress(URI.create(value))));
        }
        if (type.isEnum()) {
            List<String> names = Arrays.stream(type.getEnumConstants())
                    .map(constant ->
                            constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList();
            return new ValueConstraint(
                    String.join(" or ", names),
                    value -> names.contains(value.toLowerCase(Locale.ROOT).replace('_', '-')));
        }
        if (type == boolean.class || type == Boolean.class) {
            return new ValueConstraint(
                    "true or false", value -> List.of("true", "false").contains(value));
        }
        if (NUMBERS.contains(type)) {
            return number(declaration);
        }
        int longest = find(Size.class, declaration).map(Size::max).orElse(Integer.MAX_VALUE);
        return find(Pattern.class, declaration)
                .map(pattern -> new ValueConstraint(
                        pattern.message().replaceFirst("^must be ", ""),
                        value -> value.matches(pattern.regexp()) && value.length() <= longest))
                .orElseGet(() -> new ValueConstraint("any text", value -> true));
    }

    /** Java cannot represent file names with characters that the locale lacks, and reads other characters instead. */
    private static String ofThisCharset() {
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        return charset.newEncoder().canEncode('ü')
                ? ""
                : "; one with characters beyond ASCII needs a locale that has them, such as LC_ALL=C.UTF-8";
    }

    private static ValueConstraint duration(AnnotatedElement declaration) {
        Duration least = find(DurationMin.class, declaration)
                .map(min -> duration(min.days(), min.hours(), min.minutes(), min.seconds(), min.millis()))
                .orElse(Duration.ZERO);
        Optional<Duration> most = find(DurationMax.class, declaration)
                .map(max -> duration(max.days(), max.hours(), max.minutes(), max.seconds(), max.millis()));
        return new ValueConstraint(
                "a duration%s%s, such as 500ms, 10s or 5m"
                        .formatted(
                                least.isZero() ? "" : " from " + readable(least),
                                most.map(max -> " to " + readable(max)).orElse("")),
                tried(value -> {
                    Duration given = DurationConverter.parseDuration(value);
                    return given.compareTo(least) >= 0
                            && most.filter(max -> given.compareTo(max) > 0).isEmpty();
                }));
    }

    private static Duration duration(long days, long hours, long minutes, long seconds, long millis) {
        return Duration.ofDays(days)
                .plusHours(hours)
                .plusMinutes(minutes)
                .plusSeconds(seconds)
                .plusMillis(millis);
    }

    private static String readable(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.toSeconds() % 60 != 0) {
            return duration.toSeconds() + "s";
        }
        return duration.toMinutes() % 60 == 0 ? duration.toHours() + "h" : duration.toMinutes() + "m";
    }

    private static ValueConstraint number(AnnotatedElement declaration) {
        Optional<Long> least = find(Min.class, declaration).map(Min::value);
        Optional<Long> most = find(Max.class, declaration).map(Max::value);
        return new ValueConstraint(
                "a whole number%s%s"
                        .formatted(
                                least.map(min -> " from " + min).orElse(""),
                                most.map(max -> " to " + max).orElse("")),
                tried(value -> {
                    long given = Long.parseLong(value);
                    return least.filter(min -> given < min).isEmpty()
                            && most.filter(max -> given > max).isEmpty();
                }));
    }

    private static boolean isAddress(URI uri) {
        return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                && uri.getHost() != null
                && LocalUrl.isWithoutPath(uri)
                && uri.getUserInfo() == null
                && uri.getQuery() == null
                && uri.getFragment() == null;
    }

    private static Predicate<String> tried(Predicate<String> test) {
        return value -> {
            try {
                return test.test(value);
            } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException e) {
                return false;
            }
        };
    }

    private static <A extends Annotation> Optional<A> find(Class<A> type, AnnotatedElement declaration) {
        return Optional.ofNullable(declaration.getAnnotation(type));
    }
}
