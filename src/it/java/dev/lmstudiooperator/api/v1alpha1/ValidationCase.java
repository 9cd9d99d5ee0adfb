package dev.lmstudiooperator.api.v1alpha1;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One file of the golden folder {@code validation/<kind>/<field>/{valid,invalid}-<why>.yaml}. It contains one object of
 * that kind, or several documents that are applied to the same object in order. The API server must accept all
 * documents of a valid case. It must accept all but the last document of an invalid case, and reject the last with
 * every message in the lines {@code # expect: …}.
 */
record ValidationCase(Path file, List<String> documents, List<String> expectedMessages) {

    private static final String EXPECT = "# expect: ";
    private static final String NAME = "  name: ";

    static Stream<ValidationCase> all() {
        Path folder = Path.of(URI.create(
                requireNonNull(ValidationCase.class.getResource("/validation")).toString()));
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .map(ValidationCase::read)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ValidationCase read(Path file) {
        try {
            String text = Files.readString(file);
            return new ValidationCase(
                    file,
                    List.of(text.split("(?m)^---$")),
                    text.lines()
                            .filter(line -> line.startsWith(EXPECT))
                            .map(line -> line.substring(EXPECT.length()))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the path as a sentence. */
    String claim() {
        String why =
                file.getFileName().toString().replaceFirst("^(in)?valid-", "").replace(".yaml", "");
        return "%s %s %s: %s".formatted(isValid() ? "accepted" : "refused", kind(), folder(2), why.replace('-', ' '));
    }

    String kind() {
        return folder(3);
    }

    /** Returns the name of the object, read from its line, because some cases are not valid YAML. */
    String name() {
        return last().lines()
                .filter(line -> line.startsWith(NAME))
                .map(line -> line.substring(NAME.length()))
                .findFirst()
                .orElseThrow();
    }

    boolean isValid() {
        return file.getFileName().toString().startsWith("valid-");
    }

    String last() {
        return documents.getLast();
    }

    List<String> allButTheLast() {
        return documents.subList(0, documents.size() - 1);
    }

    /** Returns the name of a parent directory, counted from the file upward. */
    private String folder(int fromTheEnd) {
        return file.getName(file.getNameCount() - fromTheEnd).toString();
    }
}
