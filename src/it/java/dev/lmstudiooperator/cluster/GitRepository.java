package dev.lmstudiooperator.cluster;

import dev.lmstudiooperator.controlplane.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A Git repository with a working tree. */
record GitRepository(Path parent, String name) {

    static GitRepository init(Path parent, String name) {
        try {
            var repository = new GitRepository(parent, name);
            Files.createDirectories(repository.folder());
            repository.git("init", "--quiet", "--initial-branch=main");
            repository.git("config", "user.name", "test");
            repository.git("config", "user.email", "test@example.com");
            return repository;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder() {
        return parent.resolve(name);
    }

    /** Copies the content of a folder to a folder of the working tree. */
    GitRepository add(Path source, String target) {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder().resolve(target).resolve(source.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String file, String content) {
        try {
            Files.writeString(folder().resolve(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a text that the file contains. */
    void replace(String file, String text, String replacement) {
        try {
            String content = Files.readString(folder().resolve(file));
            if (!content.contains(text)) {
                throw new AssertionError(file + " does not contain " + text);
            }
            write(file, content.replace(text, replacement));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Commits the working tree. Returns the hash. */
    String commit() {
        git("add", "--all");
        git("commit", "--quiet", "--message", "change");
        return git("rev-parse", "HEAD").strip();
    }

    void tag(String name) {
        git("tag", name);
    }

    private String git(String... arguments) {
        String[] command = Stream.concat(Stream.of("-C", folder().toString()), Stream.of(arguments))
                .toArray(String[]::new);
        return new Program(Path.of("git"), Map.of(), parent).run(command).orThrow();
    }
}
