package dev.lmstudiooperator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verifies that the simulator and the program that benchmarks compare with are built as the operator is. */
class ProjectVersionsTest {

    private static final String OPERATOR = "pom.xml";
    private static final String DO_NOTHING = "src/jmh/do-nothing/pom.xml";

    private static final Pattern PROPERTY =
            Pattern.compile("<((?:[\\w-]+\\.version|maven\\.compiler\\.release))>([^<]*)</");
    private static final Pattern PLUGIN =
            Pattern.compile("<artifactId>(maven-[\\w-]+-plugin)</artifactId>\\s*<version>([^<]*)</version>");
    private static final Pattern DEPENDENCY = Pattern.compile("(?s)<dependency>(.*?)</dependency>");
    private static final Pattern EXTENSION =
            Pattern.compile("<groupId>(io\\.quark\\S+)</groupId>\\s*<artifactId>(\\S+)</artifactId>");

    @ParameterizedTest
    @ValueSource(strings = {"src/simulator/pom.xml", DO_NOTHING})
    void projectHasTheVersionsOfTheOperator(String pom) throws IOException {
        assertThat(versions(pom, PROPERTY))
                .containsKeys("quarkus.version", "jspecify.version", "maven.compiler.release");
        assertThat(versions(OPERATOR, PROPERTY)).containsAllEntriesOf(versions(pom, PROPERTY));
        assertThat(versions(pom, PLUGIN)).containsKey("maven-compiler-plugin");
        Map<String, String> operator = versions(OPERATOR, PLUGIN);
        assertThat(versions(pom, PLUGIN))
                .allSatisfy((plugin, version) -> assertThat(operator.getOrDefault(plugin, version))
                        .as(plugin)
                        .isEqualTo(version));
    }

    @Test
    void floorHasTheExtensionsOfTheOperator() throws IOException {
        assertThat(extensions(DO_NOTHING)).contains("quarkus-operator-sdk").isEqualTo(extensions(OPERATOR));
    }

    private static Map<String, String> versions(String pom, Pattern pattern) throws IOException {
        return pattern.matcher(Files.readString(Path.of(pom)))
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2), (first, second) -> first));
    }

    private static Set<String> extensions(String pom) throws IOException {
        return DEPENDENCY
                .matcher(Files.readString(Path.of(pom)))
                .results()
                .map(dependency -> dependency.group(1))
                .filter(dependency -> !dependency.contains("<scope>test</scope>"))
                .flatMap(dependency -> EXTENSION.matcher(dependency).results())
                .map(extension -> extension.group(2))
                .collect(Collectors.toSet());
    }
}
