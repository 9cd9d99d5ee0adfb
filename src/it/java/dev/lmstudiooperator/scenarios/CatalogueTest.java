package dev.lmstudiooperator.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks that the catalog of failure scenarios is complete, and that each test reads both the API server and the
 * journal.
 */
class CatalogueTest {

    /** The fixture that runs the operator as a process with a real API server. */
    private static final String FIXTURE = "dev.lmstudiooperator.operator.OperatorFixture";

    private static final Set<Called> JOURNAL =
            Set.of(new Called(SimulatorProcess.class.getName(), "journal"), new Called(FIXTURE, "journal"));

    /** The types that give a scenario access to objects in the API server. */
    private static final Set<String> READERS = Set.of(FIXTURE, "dev.lmstudiooperator.operator.AppliedModels");

    /** Importing all dependencies of all classes would take too long. */
    private static final JavaClasses TESTS = ArchConfiguration.withThreadLocalScope(configuration -> {
        configuration.setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(CatalogueTest::namesTheAnnotation)
                .importPackages("dev.lmstudiooperator");
    });

    @ParameterizedTest
    @EnumSource
    void categoryHasEnoughScenarios(Category category) {
        assertThat(scenarios()
                        .filter(method -> method.getAnnotationOfType(FailureScenario.class)
                                .value()
                                .equals(category))
                        .map(JavaMethod::getFullName))
                .as("scenarios of %s", category)
                .hasSizeGreaterThanOrEqualTo(category.minimum());
    }

    @Test
    void everyScenarioIsATestThatRuns() {
        assertThat(scenarios())
                .allSatisfy(method ->
                        assertThat(isRun(method)).as(method.getFullName()).isTrue());
    }

    @Test
    void everyScenarioReadsFromTheApiServer() {
        assertThat(scenarios()).allSatisfy(method -> assertThat(callsOf(method))
                .as(method.getFullName())
                .anyMatch(call ->
                        READERS.contains(call.owner()) && call.name().matches("await.*|applyAndAwait.*|resource|all")));
    }

    @Test
    void everyScenarioReadsTheJournal() {
        assertThat(scenarios())
                .allSatisfy(method ->
                        assertThat(callsOf(method)).as(method.getFullName()).containsAnyElementsOf(JOURNAL));
    }

    private static boolean namesTheAnnotation(Location classFile) {
        try (InputStream in = classFile.asURI().toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .contains(FailureScenario.class.getName().replace('.', '/'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JavaMethod> scenarios() {
        return TESTS.stream()
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(FailureScenario.class));
    }

    /** Returns whether the class name matches the pattern of Failsafe. */
    private static boolean isRun(JavaMethod method) {
        return (method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class))
                && Stream.of(method, method.getOwner()).noneMatch(it -> it.isAnnotatedWith(Disabled.class))
                && method.getOwner().getSimpleName().endsWith("IT");
    }

    /** Returns the calls of a test, including those through other methods of its class. */
    private static Set<Called> callsOf(JavaMethod test) {
        JavaClass own = test.getOwner();
        Set<Called> calls = new HashSet<>();
        Set<JavaCodeUnit> seen = new HashSet<>();
        Deque<JavaCodeUnit> ahead = new ArrayDeque<>(List.of(test));
        while (!ahead.isEmpty()) {
            JavaCodeUnit next = ahead.pop();
            if (seen.add(next)) {
                Stream.concat(next.getCallsFromSelf().stream(), next.getCodeUnitReferencesFromSelf().stream())
                        .forEach(access -> {
                            calls.add(new Called(access.getTargetOwner().getName(), access.getName()));
                            if (access.getTargetOwner().equals(own)) {
                                own.getCodeUnits().stream()
                                        .filter(unit -> unit.getName().equals(access.getName()))
                                        .forEach(ahead::add);
                            }
                        });
            }
        }
        return calls;
    }

    private record Called(String owner, String name) {}
}
