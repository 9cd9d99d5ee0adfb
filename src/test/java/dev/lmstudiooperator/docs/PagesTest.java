package dev.lmstudiooperator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.commonmark.node.FencedCodeBlock;
import org.junit.jupiter.api.Test;

/** Tests properties of every page. */
class PagesTest {

    private static final Path INDEX = Path.of("docs", "README.md");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
    private static final Pattern COMMAND_THAT_CAN_BE_RUN = Pattern.compile("(?m)^(\\$ )?(kubectl|helm) ");

    private final Map<Path, Page> pages =
            Page.all().stream().collect(Collectors.toMap(page -> page.file().normalize(), Function.identity()));

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(pages.values().stream().flatMap(this::deadLinks)).isEmpty();
    }

    @Test
    void everyPageIsInTheIndex() {
        List<Path> linked = Page.read(INDEX).destinations().stream()
                .map(destination -> INDEX.resolveSibling(destination).normalize())
                .toList();

        assertThat(pages.keySet().stream().filter(page -> page.startsWith("docs") && page.getNameCount() == 2))
                .filteredOn(page -> !page.equals(INDEX))
                .isSubsetOf(linked);
    }

    @Test
    void everyBlockOfCommandsIsRunOrSaysWhyNot() {
        assertThat(pages.values().stream().flatMap(page -> page.parts()
                        .filter(FencedCodeBlock.class::isInstance)
                        .map(FencedCodeBlock.class::cast)
                        .filter(PagesTest::isUnmarked)
                        .map(block -> page + ":\n" + block.getLiteral())))
                .as("Write <!-- run --> or <!-- not run: why --> before the block. See %s", Script.class)
                .isEmpty();
    }

    private static boolean isUnmarked(FencedCodeBlock block) {
        return COMMAND_THAT_CAN_BE_RUN.matcher(block.getLiteral()).find()
                && !Script.mark(block).matches("run|run, refused|not run: .+");
    }

    private Stream<String> deadLinks(Page page) {
        return page.destinations().stream()
                .filter(destination -> !ELSEWHERE.matcher(destination).matches())
                .filter(destination -> !leadsSomewhere(page, destination))
                .map(destination -> page + ": " + destination);
    }

    private boolean leadsSomewhere(Page page, String destination) {
        String[] parts = destination.split("#", 2);
        Path target = parts[0].isEmpty()
                ? page.file()
                : page.file().resolveSibling(parts[0]).normalize();
        if (parts.length == 1) {
            return Files.exists(target);
        }
        Page there = pages.get(target.normalize());
        return there != null && there.anchors().contains(parts[1]);
    }
}
