package dev.lmstudiooperator.config;

import io.quarkus.runtime.configuration.ConfigUtils;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Looks over the whole configuration before anything is started. The framework would do so too, but tells the mistakes
 * in two instalments, neither the value nor all that is allowed, and nothing of a misspelled environment variable.
 */
public final class ConfigValidator {

    private static final String PREFIX = "lmstudio-operator";
    private static final String VARIABLE_PREFIX = "LMSTUDIO_OPERATOR_";
    private static final String URL = PREFIX + ".http.url";
    private static final String START_SERVER = PREFIX + ".http.start-server";
    private static final int LONGEST_VALUE = 100;

    /** A typing error, not another word. */
    private static final int FARTHEST = 6;

    /** What Kubernetes tells every container about a Service whose name begins like our variables. */
    private static final Pattern OF_A_SERVICE =
            Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?");

    private final List<ConfigProperty> settings = ConfigProperty.of(OperatorConfig.class, PREFIX);

    private ConfigValidator() {}

    /** What is wrong, a sentence each; nothing when the operator can be started. */
    public static List<String> mistakes() {
        return mistakes(ConfigUtils.configBuilder(), System.getenv().keySet());
    }

    static List<String> mistakes(SmallRyeConfigBuilder builder, Set<String> variables) {
        ConfigValidator check = new ConfigValidator();
        check.settings.stream()
                .filter(setting -> setting.defaultValue() != null)
                .forEach(setting -> builder.withDefaultValue(setting.name(), setting.defaultValue()));
        SmallRyeConfig config = builder.build();
        List<String> mistakes = new ArrayList<>();
        check.settings.forEach(setting -> objection(config, setting).ifPresent(mistakes::add));
        check.settings.stream()
                .filter(ConfigProperty::isMap)
                .flatMap(setting -> Labels.objections(setting.name(), entries(config, setting, variables)))
                .forEach(mistakes::add);
        check.remoteServerToStart(config).ifPresent(mistakes::add);
        check.unknownProperties(config).forEach(mistakes::add);
        check.unknownVariables(variables).forEach(mistakes::add);
        return mistakes;
    }

    private static Optional<String> objection(SmallRyeConfig config, ConfigProperty setting) {
        if (setting.isMap()) {
            return Optional.empty();
        }
        ConfigValue given = config.getConfigValue(setting.name());
        // It has no value when it names something that is not set.
        String value = given.getValue() == null ? given.getRawValue() : given.getValue();
        boolean isLeftOut = value == null || value.isEmpty();
        if (isLeftOut ? setting.isOptional() : setting.allowed().includes().test(value)) {
            return Optional.empty();
        }
        return Optional.of("%s is \"%s\"; allowed is %s"
                .formatted(
                        setting.name(),
                        readable(value == null ? "" : value),
                        setting.allowed().words()));
    }

    /** A variable does not tell its property's name by itself. */
    private static Map<String, String> entries(SmallRyeConfig config, ConfigProperty map, Set<String> variables) {
        Map<String, String> entries = new TreeMap<>(
                config.getOptionalValues(map.name(), String.class, String.class).orElse(Map.of()));
        variables.stream().filter(map::coversVariable).forEach(variable -> {
            String key = variable.substring(map.variable().length() + 1).toLowerCase(Locale.ROOT);
            String value = config.getConfigValue(map.name() + "." + key).getValue();
            if (value != null) {
                entries.putIfAbsent(key, value);
            }
        });
        return entries;
    }

    /** What another machine's LM Studio listens at is not ours to say. */
    private Optional<String> remoteServerToStart(SmallRyeConfig config) {
        boolean isOneWrongByItself = settings.stream()
                .filter(setting -> setting.name().equals(URL) || setting.name().equals(START_SERVER))
                .anyMatch(setting -> objection(config, setting).isPresent());
        if (isOneWrongByItself) {
            return Optional.empty();
        }
        String url = config.getValue(URL, String.class);
        return config.getValue(START_SERVER, boolean.class)
                        && LocalUrl.addressOf(URI.create(url)).isEmpty()
                ? Optional.of(
                        "%s is \"true\"; allowed is true only if %s is http and names this machine, such as http://127.0.0.1:1234, and not \"%s\""
                                .formatted(START_SERVER, URL, readable(url)))
                : Optional.empty();
    }

    private Stream<String> unknownProperties(SmallRyeConfig config) {
        return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .filter(name -> name.startsWith(PREFIX + "."))
                .filter(name -> settings.stream().noneMatch(setting -> setting.covers(name)))
                .sorted()
                .map(name -> unknown(name, ConfigProperty::name));
    }

    private Stream<String> unknownVariables(Set<String> variables) {
        return variables.stream()
                .filter(name -> name.startsWith(VARIABLE_PREFIX))
                .filter(name -> !OF_A_SERVICE.matcher(name).matches())
                .filter(name -> settings.stream().noneMatch(setting -> setting.coversVariable(name)))
                .sorted()
                .map(name -> unknown(name, ConfigProperty::variable));
    }

    private String unknown(String name, Function<ConfigProperty, String> known) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        String advice = settings.stream()
                .map(known)
                .min(Comparator.comparing(candidate -> distance.apply(candidate, name)))
                .filter(candidate -> distance.apply(candidate, name) <= FARTHEST)
                .map(candidate -> "did you mean %s?".formatted(candidate))
                .orElse("remove it");
        return "%s is unknown; %s".formatted(readable(name), advice);
    }

    static String readable(String value) {
        String clean = value.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > LONGEST_VALUE ? clean.substring(0, LONGEST_VALUE) + "…" : clean;
    }
}
