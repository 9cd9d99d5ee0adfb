package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Instant;

/** The result of a download, determined by what LM Studio lists afterwards and not by the output of the command. */
public sealed interface DownloadResult {

    /** The model that was requested. */
    String source();

    /** A model with exactly this key is on this machine. */
    record Completed(String source) implements DownloadResult {}

    /** No model with exactly this key is on this machine. */
    record Failed(String source, Instant at, LmStudioFailure why) implements DownloadResult {}

    /** The operator cancelled the download. LM Studio may continue it. */
    record Cancelled(String source) implements DownloadResult {}

    /** The models of LM Studio could not be listed, so the result must be observed again. */
    record Unclear(String source) implements DownloadResult {}
}
