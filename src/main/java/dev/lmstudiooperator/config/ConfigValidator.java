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
 * Validates the whole configuration before startup. The framework would report the errors in two steps. Its messages would
 * contain neither the value nor all allowed values, and it ignores misspelled environment variables.
 */
public final class ConfigValidator {

    private static final String VARIABLE_PREFIX = "LMSTUDIO_OPERATOR_";
    private static final String URL = ConfigProperty.PREFIX + ".http.url";
    private static final String START_SERVER = ConfigProperty.PREFIX + ".http.start-server";
    private static final int LONGEST_VALUE = 100;

    /** Maximum edit distance at which an unknown name counts as a typing error. */
    private static final int FARTHEST = 6;

    /** Variables that Kubernetes injects into containers for a Service whose name starts with the same prefix. */
    private static final Pattern OF_A_SERVICE =
            Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?");

    private final List<ConfigProperty> settings = ConfigProperty.all();

    private ConfigValidator() {}

    /** Returns one sentence per error. The operator can start if there is none. */
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
        // The value is null if it refers to a property that is not set.
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

    /** The framework cannot derive the key of a map entry from the name of an environment variable. */
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

    /** Reports a server to start on another machine: the agent starts only the LM Studio server of its own machine. */
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
                .filter(name -> name.startsWith(ConfigProperty.PREFIX + "."))
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
