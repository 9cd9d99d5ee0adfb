package dev.lmstudiooperator.simulator;

import java.util.regex.Pattern;

/** Replaces values in an output that differ between runs. Control sequences are kept. */
final class OutputNormalizer {

    private static final String SPINNER = "[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]";
    private static final Pattern LOADING = Pattern.compile(
            "\u001b\\[\\?25l\r(Loading [^\r\u001b]*?) 0% ⠋" + "(?:\u001b\\[\\?25l\r\\1 \\d+% " + SPINNER + ")*");
    private static final Pattern DOWNLOADING = Pattern.compile(
            "(?:\u001b\\[\\?25l\u001b\\[s(?:\u001b\\[2K)?\r" + SPINNER + " \\[[^\\]]*\\][^\u001b]*\u001b\\[u)+");

    private OutputNormalizer() {}

    static String normalize(String output) {
        var frames = LOADING.matcher(output).replaceAll("{frames: $1}");
        return DOWNLOADING
                .matcher(frames)
                .replaceAll("{frames: progress}")
                .replaceAll("\r" + SPINNER + " Resolving", "\r{spin} Resolving")
                .replaceAll(" in [\\d.]+m?s\\.", " in {time}.");
    }
}
