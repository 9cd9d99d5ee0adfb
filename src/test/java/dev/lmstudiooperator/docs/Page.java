package dev.lmstudiooperator.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;

/** Parses a Markdown page. Tests run in the project directory. */
public record Page(Path file, Node content) {

    private static final List<Path> ROOTS = Stream.of("README.md", "docs", "deploy", "hack", "k8s", "src")
            .map(Path::of)
            .toList();

    public static List<Page> all() {
        return ROOTS.stream()
                .flatMap(Page::files)
                .filter(file -> file.toString().endsWith(".md"))
                .sorted()
                .map(Page::read)
                .toList();
    }

    public static Page read(Path file) {
        try {
            return new Page(file, Parser.builder().build().parse(Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> files(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Paragraphs, headings, code blocks and comments in order. Lists and quotes are returned as a whole. */
    Stream<Node> parts() {
        Node first = content.getFirstChild();
        return Stream.iterate(first, part -> part != null, Node::getNext);
    }

    /** Destinations of links and images. */
    List<String> destinations() {
        List<String> destinations = new ArrayList<>();
        content.accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                destinations.add(link.getDestination());
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                destinations.add(image.getDestination());
            }
        });
        return destinations;
    }

    /** Anchors of its headings. */
    Set<String> anchors() {
        IdGenerator names = IdGenerator.builder().build();
        return parts().filter(Heading.class::isInstance)
                .map(heading ->
                        names.generateId(TextContentRenderer.builder().build().render(heading)))
                .collect(Collectors.toSet());
    }

    /** The rows of the tables with this header. */
    public List<String> rows(String head) {
        try {
            List<String> lines = Files.readAllLines(file);
            return IntStream.range(0, lines.size())
                    .filter(i -> lines.get(i).equals(head))
                    .boxed()
                    .flatMap(i -> lines.stream().skip(i + 2).takeWhile(line -> line.startsWith("|")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
