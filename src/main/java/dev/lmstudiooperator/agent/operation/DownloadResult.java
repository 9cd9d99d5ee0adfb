package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Instant;

/** What a download came to, judged by what LM Studio lists afterwards, never by what the command said. */
public sealed interface DownloadResult {

    /** What was downloaded. */
    String source();

    /** A model of exactly this key is on this machine. */
    record Completed(String source) implements DownloadResult {}

    /** It is not. */
    record Failed(String source, Instant at, LmStudioFailure why) implements DownloadResult {}

    /** The operator cancelled it; LM Studio may go on by itself. */
    record Cancelled(String source) implements DownloadResult {}

    /** Cannot list the models of LM Studio: what happened must be observed anew. */
    record Unclear(String source) implements DownloadResult {}
}
