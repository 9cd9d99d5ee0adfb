package dev.lmstudiooperator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Verifies that the program that benchmarks compare with has the Quarkus extensions of the operator. */
class BenchmarkFloorTest {

    private static final Pattern DEPENDENCY = Pattern.compile("(?s)<dependency>(.*?)</dependency>");
    private static final Pattern EXTENSION =
            Pattern.compile("<groupId>(io\\.quark\\S+)</groupId>\\s*<artifactId>(\\S+)</artifactId>");

    @Test
    void floorHasTheExtensionsOfTheOperator() throws IOException {
        assertThat(extensions("src/jmh/do-nothing/pom.xml"))
                .contains("quarkus-operator-sdk")
                .isEqualTo(extensions("pom.xml"));
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
