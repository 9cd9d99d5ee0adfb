package dev.lmstudiooperator.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Node;
import org.jspecify.annotations.Nullable;

/**
 * Commands of a page, in order. A comment before a block says how to run it:
 *
 * <ul>
 *   <li>{@code <!-- run -->}: each command must succeed, and print the output below it
 *   <li>{@code <!-- run, refused -->}: each command must fail, and print the output below it
 *   <li>{@code <!-- file: chat.yaml -->}: the block is the content of that file from here on
 *   <li>{@code <!-- not run: needs a GPU -->}: the block is not run, for that reason
 * </ul>
 *
 * <p>{@code <!-- run: command -->} is a command that readers do not see. It creates the state that the page describes.
 * From {@code <!-- on an empty cluster -->} on, a page runs on a cluster without the operator. Otherwise it runs on a
 * cluster with the operator.
 *
 * @param title the page, and the position in it
 */
public record Script(String title, boolean isForAnEmptyCluster, List<Step> steps) {

    private static final Pattern COMMENT = Pattern.compile("<!-- (.*?) -->", Pattern.DOTALL);
    private static final Pattern HIDDEN = Pattern.compile("run: (.+)", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("file: (\\S+)");
    private static final String EMPTY_CLUSTER = "on an empty cluster";
    private static final String PROMPT = "$ ";

    public static List<Script> all() {
        return Page.all().stream()
                .flatMap(page -> allOf(page).stream())
                .filter(script -> !script.steps().isEmpty())
                .toList();
    }

    /** Returns the content of a file that a page shows. */
    public static String file(String name) {
        return all().stream()
                .flatMap(script -> script.steps().stream())
                .filter(TextFile.class::isInstance)
                .map(TextFile.class::cast)
                .filter(file -> file.name().equals(name))
                .map(TextFile::content)
                .findFirst()
                .orElseThrow();
    }

    private static List<Script> allOf(Page page) {
        List<Script> scripts = new ArrayList<>(List.of(new Script(page.toString(), false, new ArrayList<>())));
        page.parts().forEach(part -> {
            comments(part).forEach(comment -> {
                if (comment.equals(EMPTY_CLUSTER)) {
                    scripts.add(new Script(page + " " + scripts.size(), true, new ArrayList<>()));
                }
                Matcher hidden = HIDDEN.matcher(comment);
                if (hidden.matches()) {
                    scripts.getLast().steps().add(new Command(hidden.group(1), List.of(), false));
                }
            });
            if (part instanceof FencedCodeBlock block) {
                scripts.getLast().steps().addAll(steps(block));
            }
        });
        return scripts;
    }

    private static List<? extends Step> steps(FencedCodeBlock block) {
        String mark = mark(block);
        Matcher file = FILE.matcher(mark);
        if (file.matches()) {
            return List.of(new TextFile(file.group(1), block.getLiteral()));
        }
        return switch (mark) {
            case "run" -> commands(block, false);
            case "run, refused" -> commands(block, true);
            default -> List.of();
        };
    }

    /** Returns the comment just before a block. */
    static String mark(FencedCodeBlock block) {
        List<String> comments = comments(block.getPrevious());
        return comments.isEmpty() ? "" : comments.getLast();
    }

    private static List<String> comments(@Nullable Node part) {
        return part instanceof HtmlBlock html
                ? COMMENT.matcher(html.getLiteral())
                        .results()
                        .map(match -> match.group(1))
                        .toList()
                : List.of();
    }

    private static List<Command> commands(FencedCodeBlock block, boolean isRefused) {
        List<Command> commands = new ArrayList<>();
        String command = "";
        List<String> output = new ArrayList<>();
        for (String line :
                Stream.concat(block.getLiteral().lines(), Stream.of(PROMPT)).toList()) {
            if (command.endsWith("\\")) {
                command = command + "\n" + line;
            } else if (line.startsWith(PROMPT)) {
                if (!command.isEmpty()) {
                    commands.add(new Command(command, List.copyOf(output), isRefused));
                }
                command = line.substring(PROMPT.length());
                output.clear();
            } else {
                output.add(line);
            }
        }
        return commands;
    }

    @Override
    public String toString() {
        return title;
    }

    /** An action of a reader. */
    public sealed interface Step {}

    /**
     * A command of a reader.
     *
     * @param output lines that the command must print in this order; it may print other lines too
     */
    public record Command(String text, List<String> output, boolean isRefused) implements Step {}

    /** A file that a reader writes. */
    public record TextFile(String name, String content) implements Step {}
}
