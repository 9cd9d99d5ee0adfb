package dev.lmstudiooperator.releases;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A release as recorded by {@code make record-release}. */
public record Release(Path folder) {

    private static final Path FOLDER = Path.of("src/test/resources/releases");

    public static List<Release> all() {
        return list(FOLDER).map(Release::new).toList();
    }

    /** Its CRDs, one per file. */
    public List<Path> types() {
        return list(folder.resolve("crds")).toList();
    }

    /** Recorded ManagedModels, by state. */
    public List<GenericKubernetesResource> objects(String... states) {
        return Stream.of(states)
                .map(state -> read(
                        folder.resolve("objects/ManagedModel/" + state + ".yaml"), GenericKubernetesResource.class))
                .toList();
    }

    public static CustomResourceDefinition type(Path file) {
        return read(file, CustomResourceDefinition.class);
    }

    private static <T> T read(Path file, Class<T> type) {
        try {
            return Serialization.unmarshal(Files.readString(file), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return String.valueOf(folder.getFileName());
    }
}
