package dev.lmstudiooperator;

import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The last report of {@code make mutation-test} is complete, good enough, and not too old. */
class MutationReportTest {

    private static final int LEAST_PERCENT = 85;
    private static final int LONGEST_DAYS = 120;
    private static final Path FOLDER = Path.of("hack", "mutation-test");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One area of {@code areas.json}; what is excluded and what survives is mapped to the reason. */
    record Area(
            List<String> classes,
            @Nullable Map<String, String> excluded,
            List<String> tests,
            @Nullable Map<String, String> explained) {}

    record Result(
            String date,
            String commit,
            int mutants,
            int killed,
            int percent,
            int notMeasured,
            int explained,
            List<String> survivors) {}

    @Test
    void everyAreaIsReported() throws IOException {
        assertThat(report()).containsOnlyKeys(areas().keySet());
    }

    @ParameterizedTest
    @MethodSource("results")
    void enoughMutantsOfAnAreaAreKilled(Map.Entry<String, Result> area) {
        Result result = area.getValue();

        assertThat(100.0 * result.killed() / result.mutants()).isGreaterThanOrEqualTo(LEAST_PERCENT);
        assertThat(result.explained() + result.survivors().size()).isEqualTo(result.mutants() - result.killed());
    }

    @ParameterizedTest
    @MethodSource("results")
    void measuredCodeIsCommitted(Map.Entry<String, Result> area) {
        assertThat(area.getValue().commit()).matches("[0-9a-f]{40}");
    }

    @ParameterizedTest
    @MethodSource("results")
    void reportIsNotMuchOlderThanTheLastCommit(Map.Entry<String, Result> area)
            throws IOException, InterruptedException {
        LocalDate lastCommit = lastCommit();

        assertThat(LocalDate.parse(area.getValue().date()))
                .as("renew the report with: make mutation-test AREA=" + area.getKey())
                .isAfterOrEqualTo(lastCommit.minusDays(LONGEST_DAYS));
    }

    /** Otherwise a renamed package would no longer be measured. */
    @Test
    void areasNameCodeThatExists() throws IOException {
        assertThat(areas().values()).allSatisfy(area -> {
            assertThat(area.classes()).allSatisfy(pattern -> assertExists("main", pattern));
            assertThat(requireNonNullElse(area.excluded(), Map.<String, String>of())
                            .keySet())
                    .allSatisfy(pattern -> assertExists("main", pattern));
            assertThat(area.tests()).allSatisfy(pattern -> assertExists("test", pattern));
        });
    }

    /** Returns the date of the last commit, which a shallow clone has too. */
    private static LocalDate lastCommit() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of(".git")), "there is no clone");
        Process git = new ProcessBuilder("git", "log", "-1", "--format=%cs")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String date = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(git.waitFor()).isZero();
        return LocalDate.parse(date);
    }

    private static void assertExists(String sources, String pattern) {
        Path folder = Path.of("src", sources, "java");
        String path = pattern.replace('.', '/');
        assertThat(
                        path.endsWith("/*")
                                ? folder.resolve(path.substring(0, path.length() - 2))
                                : folder.resolve(path.replace("*", "") + ".java"))
                .exists();
    }

    static Set<Map.Entry<String, Result>> results() throws IOException {
        return report().entrySet();
    }

    private static Map<String, Area> areas() throws IOException {
        return JSON.readValue(Files.readString(FOLDER.resolve("areas.json")), new TypeReference<>() {});
    }

    private static Map<String, Result> report() throws IOException {
        return JSON.readValue(Files.readString(FOLDER.resolve("report.json")), new TypeReference<>() {});
    }
}
