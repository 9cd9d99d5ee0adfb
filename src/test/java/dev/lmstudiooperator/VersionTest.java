package dev.lmstudiooperator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verifies that the manifests and the chart name the image that {@code make image} builds. */
class VersionTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            k8s/overlays/cluster/kustomization.yaml     | newTag: (\\S+)
            k8s/overlays/dev/kustomization.yaml         | newTag: (\\S+)
            k8s/overlays/single-node/kustomization.yaml | newTag: (\\S+)
            deploy/helm/lmstudio-operator/Chart.yaml    | appVersion: (\\S+)
            deploy/helm/lmstudio-operator/Chart.yaml    | (?m)^version: (\\S+)
            """)
    void thereIsOneVersion(String file, String pattern) throws IOException {
        String version = find("pom.xml", "(?m)^  <version>(\\S+)</version>").getFirst();

        assertThat(find(file, pattern)).containsOnly(version);
    }

    private static List<String> find(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map(result -> result.group(1))
                .toList();
    }
}
