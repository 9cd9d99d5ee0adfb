package dev.lmstudiooperator.gitops;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A recorded state of an object that the operator wrote, and the expected results of GitOps tools.
 *
 * @param name the name of the kind and of the file
 */
public record RecordedState(String name, ArgoHealth argoHealth, Kstatus kstatus) {

    private static final Path KSTATUS = Path.of("hack/gitops-check/kstatus.yaml");

    /** The layout that Argo CD uses for the scripts that it ships, so that these scripts can be contributed. */
    private record HealthTests(List<HealthTest> tests) {}

    private record HealthTest(ArgoHealth healthStatus, String inputPath) {}

    public static List<RecordedState> all() {
        Map<String, Kstatus> kstatus = read(KSTATUS, new TypeReference<>() {});
        return Stream.of("ManagedModel", "ManagedModelSet", "LMStudioNode")
                .flatMap(kind -> {
                    Path tests = ArgoHealth.SCRIPTS.resolve(kind).resolve("health_test.yaml");
                    return read(tests, new TypeReference<HealthTests>() {}).tests().stream()
                            .map(test -> {
                                String name = kind + "/" + test.inputPath().replaceAll("^testdata/|\\.yaml$", "");
                                return new RecordedState(name, test.healthStatus(), expected(kstatus, name));
                            });
                })
                .toList();
    }

    public static RecordedState of(String name) {
        return all().stream()
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No health_test.yaml contains " + name));
    }

    public HasMetadata object() {
        return read(file(), new TypeReference<GenericKubernetesResource>() {});
    }

    public void record(HasMetadata object) {
        object.getMetadata().setManagedFields(List.of());
        try {
            Files.writeString(file(), new KubernetesSerialization().asYaml(object));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return ArgoHealth.SCRIPTS.resolve(name.replace("/", "/testdata/") + ".yaml");
    }

    private static Kstatus expected(Map<String, Kstatus> kstatus, String name) {
        Kstatus expected = kstatus.get(name);
        if (expected == null) {
            throw new AssertionError(KSTATUS + " does not contain " + name);
        }
        return expected;
    }

    private static <T> T read(Path file, TypeReference<T> type) {
        try (InputStream yaml = Files.newInputStream(file)) {
            return new KubernetesSerialization().unmarshal(yaml, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
