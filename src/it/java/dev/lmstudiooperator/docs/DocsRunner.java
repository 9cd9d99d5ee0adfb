package dev.lmstudiooperator.docs;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the commands of a page in a shell and compares their output with the page. */
final class DocsRunner {

    /** Read-only commands, which can be repeated until the output matches. */
    private static final Pattern QUESTION = Pattern.compile(
            "(kubectl (get|describe|events|explain|auth|diff)|lms (ps|ls|server status)|curl ).*", Pattern.DOTALL);

    /** Values that differ between runs: ages and times. */
    private static final String AGE = "\\d+[smhd](\\d+[smh])?";

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z";

    private static final Pattern ANYTHING = Pattern.compile(" ?… ?");
    private static final Pattern WORDS = Pattern.compile(" ");

    private final Path folder;
    private final String path;
    private final Map<String, String> environment;
    private final Map<String, String> placeholders;

    /**
     * @param folder the working directory for files; it has the layout of the project directory
     * @param programs the programs on the PATH in addition to those of the machine
     * @param placeholders the values that replace placeholders in the page
     */
    DocsRunner(Path folder, List<Path> programs, Map<String, String> environment, Map<String, String> placeholders) {
        this.folder = folder;
        this.path = Stream.concat(
                        programs.stream()
                                .map(program -> program.resolveSibling("").toString()),
                        Stream.of(System.getenv("PATH")))
                .collect(Collectors.joining(":"));
        this.environment = environment;
        this.placeholders = placeholders;
        List.of("k8s", "deploy", "crds").forEach(name -> link(Path.of(name)));
    }

    void follow(Script script) {
        script.steps().forEach(action -> {
            switch (action) {
                case Script.Command command -> type(script.title(), command);
                case Script.TextFile file -> write(file);
            }
        });
    }

    private void type(String title, Script.Command command) {
        String text = filledIn(command.text());
        if (QUESTION.matcher(text).matches()) {
            eventually(title + ": " + text, () -> run(text), output -> isAsExpected(command, output));
            return;
        }
        Program.Output output = run(text);
        assertThat(isAsExpected(command, output))
                .as("%s: %s%noutput:%n%s%s%nexit code %d", title, text, output.out(), output.err(), output.exitCode())
                .isTrue();
    }

    private boolean isAsExpected(Script.Command command, Program.Output output) {
        Iterator<String> said = (output.out() + "\n" + output.err())
                .lines()
                .map(DocsRunner::withSingleBlanks)
                .iterator();
        return command.isRefused() == (output.exitCode() != 0)
                && command.output().stream()
                        .filter(line -> !line.equals("…"))
                        .map(this::pattern)
                        .allMatch(line -> comes(line, said));
    }

    private static boolean comes(Pattern line, Iterator<String> said) {
        while (said.hasNext()) {
            if (line.matcher(said.next()).matches()) {
                return true;
            }
        }
        return false;
    }

    /** {@code …} matches any text. */
    private Pattern pattern(String line) {
        return Pattern.compile(Stream.of(ANYTHING.split(withSingleBlanks(filledIn(line)), -1))
                .map(known -> WORDS.splitAsStream(known)
                        .map(DocsRunner::patternOfWord)
                        .collect(Collectors.joining(" ")))
                .collect(Collectors.joining(".*")));
    }

    private static String patternOfWord(String word) {
        if (word.matches(AGE)) {
            return AGE;
        }
        return word.matches(TIME) ? TIME : Pattern.quote(word);
    }

    private static String withSingleBlanks(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }

    private String filledIn(String text) {
        String filledIn = text;
        for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
            filledIn = filledIn.replace(placeholder.getKey(), placeholder.getValue());
        }
        return filledIn;
    }

    private Program.Output run(String command) {
        try {
            Map<String, String> own = new HashMap<>(environment);
            own.put("PATH", path);
            // Ignore the discovery cache of earlier commands, which can lack a CRD.
            own.put(
                    "KUBECACHEDIR",
                    Files.createTempDirectory(folder, "kubectl-cache-").toString());
            return new Program(Path.of("bash"), own, folder)
                    .run("-o", "pipefail", "-c", "cd '" + folder + "'\n" + command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Script.TextFile file) {
        try {
            Files.writeString(folder.resolve(file.name()), filledIn(file.content()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void link(Path ofProject) {
        try {
            Files.createSymbolicLink(folder.resolve(ofProject), ofProject.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
