package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.ArgumentText;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Builds the arguments of {@code lms}. Rejects every value that {@link ArgumentText} does not accept. */
final class LmsArguments {

    /** The maximum length of a rejected value in a message, in characters. */
    private static final int LONGEST_QUOTE = 160;

    /** A larger TTL overflows a JavaScript timer, and LM Studio would unload the model at once. */
    private static final long MAX_TTL_SECONDS = 2_147_483;

    private static final Pattern GPU = Pattern.compile("off|max|0(\\.\\d{1,6})?|1(\\.0{1,6})?");

    private static final Pattern SOURCE = Pattern.compile(
            "(https://huggingface\\.co/)?[A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*(?<filePath>(/[A-Za-z0-9_][\\w.-]*)*)(@[\\w.-]+)?");

    private LmsArguments() {}

    static String modelKey(String value) throws DomainFailure {
        return plain("model key", value);
    }

    static String identifier(String value) throws DomainFailure {
        return plain("identifier", value);
    }

    /** Accepts an exact name only. For a single word, {@code lms get} downloads the first search result. */
    static String source(String value) throws DomainFailure {
        var matcher = SOURCE.matcher(plain("download source", value));
        boolean isFile = matcher.matches() && !matcher.group("filePath").isEmpty();
        if (!matcher.matches() || (isFile && !value.startsWith("https://"))) {
            throw refused(
                    "download source",
                    value,
                    "be owner/name or https://huggingface.co/OWNER/REPOSITORY, each with @QUANTIZATION if wanted");
        }
        return value;
    }

    static List<String> load(LoadRequest request) throws DomainFailure {
        long ttlSeconds = request.ttl().toSeconds();
        if (ttlSeconds > MAX_TTL_SECONDS) {
            throw refused("TTL", ttlSeconds + " s", "be at most " + MAX_TTL_SECONDS + " s");
        }
        List<String> arguments = new ArrayList<>(model(request));
        arguments.add("--identifier=" + identifier(request.identifier()));
        arguments.add("--ttl=" + ttlSeconds);
        addPositive(arguments, "--context-length", request.contextLength());
        String gpu = request.gpu();
        if (gpu != null) {
            if (!GPU.matcher(gpu).matches()) {
                throw refused("GPU share", gpu, "be max, off, or a number from 0 to 1");
            }
            arguments.add("--gpu=" + gpu);
        }
        addPositive(arguments, "--parallel", request.parallel());
        return arguments;
    }

    /**
     * Names the model by its path, or by its key. Both forms use an order of arguments that was tested with the real
     * {@code lms}.
     */
    private static List<String> model(LoadRequest request) throws DomainFailure {
        String path = request.path();
        return path == null
                ? List.of("load", modelKey(request.modelKey()), "--yes", "--local")
                : List.of("load", "--exact", plain("model path", path), "--local", "--yes");
    }

    /** Passes both values explicitly. Otherwise {@code lms} uses the last port, and always 127.0.0.1. */
    static List<String> startServer(ServerAddress address) {
        return List.of("server", "start", "--port=" + address.port(), "--bind=" + address.bind());
    }

    private static void addPositive(List<String> arguments, String option, @Nullable Integer value)
            throws DomainFailure {
        if (value == null) {
            return;
        }
        if (value < 1) {
            throw refused(option, value.toString(), "be at least 1");
        }
        arguments.add(option + "=" + value);
    }

    private static String plain(String what, String value) throws DomainFailure {
        Optional<String> brokenRule = ArgumentText.brokenRule(value);
        if (brokenRule.isPresent()) {
            throw refused(what, value, brokenRule.get());
        }
        return value;
    }

    private static DomainFailure refused(String what, String value, String rule) {
        return new DomainFailure(
                DomainFailure.Kind.REFUSED,
                "lms was not run with the %s '%s': it must %s; correct it in the spec"
                        .formatted(what, TextSanitizer.clean(value, LONGEST_QUOTE), rule));
    }
}
