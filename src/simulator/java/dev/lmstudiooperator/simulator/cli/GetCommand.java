package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.Model;
import java.util.List;
import java.util.Locale;

/** {@code lms get}: finds a model, and downloads it unless it is already downloaded. */
final class GetCommand implements CommandLine.Command {

    private static final String HUGGING_FACE = "https://huggingface.co/";

    /** The catalog of the simulated Hub: names of staff picks. */
    private static final List<String> STAFF_PICKS = List.of("qwen/qwen3-8b", "qwen/qwen3-14b");

    @Override
    public int run(Call call, List<String> words) throws InterruptedException {
        var options = new Options("get", 1)
                .server()
                .flag("--yes", "-y")
                .flag("--gguf")
                .flag("--mlx")
                .flag("--select")
                .parse(call, words);
        if (options.has("--select") && options.has("--yes")) {
            throw call.failure("Error: The --select flag cannot be used with --yes.\n");
        }
        Discovery.connect(call, options);
        var wanted = options.argument().orElse("");
        if (wanted.chars().filter(letter -> letter == '@').count() > 1) {
            throw call.failure("Error: The name must not contain more than one \"@\".\n");
        }
        var name = wanted.startsWith(HUGGING_FACE) ? wanted : catalogName(call, wanted);
        return new Download(call, artifact(call, name), options.has("--yes")).run();
    }

    private static String catalogName(Call call, String wanted) {
        var bare = wanted.replaceFirst("@.*", "").toLowerCase(Locale.ROOT);
        if (bare.contains("/")) {
            return bare;
        }
        call.info("Searching staff picks with the term " + wanted + "\n");
        var hits = STAFF_PICKS.stream().filter(pick -> pick.contains(bare)).toList();
        if (hits.isEmpty()) {
            throw call.failure("Error: No staff picks found with the specified search criteria.\n");
        }
        if (hits.size() > 1) {
            call.info("Multiple staff picks found. Automatically selecting the first one due to --yes.\n");
        }
        return hits.getFirst();
    }

    private static Artifact artifact(Call call, String name) {
        if (name.startsWith(HUGGING_FACE)) {
            var repository = name.substring(HUGGING_FACE.length()).replaceFirst("@.*", "");
            var key = repository
                    .replaceFirst(".*/", "")
                    .replaceFirst("(?i)-GGUF$", "")
                    .toLowerCase(Locale.ROOT);
            return new Artifact(repository, false, false, true, Artifact.model(key, repository + "/" + key + ".gguf"));
        }
        boolean exists = STAFF_PICKS.contains(name);
        boolean isDownloaded = call.lmStudio().modelStore().findLocal(name).isPresent();
        return new Artifact(name, true, isDownloaded, exists || isDownloaded, Artifact.model(name, name));
    }

    /**
     * A model that can be downloaded.
     *
     * @param inCatalog false for a bare repository
     * @param isDownloaded whether it has already been downloaded
     */
    record Artifact(String name, boolean inCatalog, boolean isDownloaded, boolean exists, Model model) {

        static final long BYTES = 2_000_000_000L;

        static Model model(String key, String path) {
            var fields = Json.object().put("modelKey", key).put("path", path).put("sizeBytes", BYTES);
            return Json.MAPPER.convertValue(fields, Model.class);
        }
    }
}
