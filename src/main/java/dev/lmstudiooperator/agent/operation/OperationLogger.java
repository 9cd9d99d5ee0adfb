package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Logs the start and the result of each operation on LM Studio. */
final class OperationLogger {

    private static final Logger LOG = Logger.getLogger("dev.lmstudiooperator.LMStudio");

    private static final String BEGINS = "Started operation on LM Studio";
    private static final String ENDED = "Finished operation on LM Studio";

    private OperationLogger() {}

    static void begins(NamespacedName owner, ModelOperation mutation) {
        event(BEGINS, owner, mutation).info(LOG);
    }

    static void begins(NamespacedName owner, String source) {
        event(BEGINS, owner, source).info(LOG);
    }

    static void ended(NamespacedName owner, OperationResult outcome) {
        LogEvent end = event(ENDED, owner, outcome.mutation()).took(outcome.duration());
        switch (outcome) {
            case OperationResult.Loaded loaded -> succeeded(end);
            case OperationResult.LoadedAnother another -> failed(end, another.why());
            case OperationResult.Unloaded unloaded -> succeeded(end);
            case OperationResult.Failed failed -> failed(end, failed.why());
            case OperationResult.Cancelled cancelled -> cancelled(end);
            case OperationResult.Unclear unclear -> unclear(end);
        }
    }

    static void ended(NamespacedName owner, DownloadResult outcome, Duration duration) {
        LogEvent end = event(ENDED, owner, outcome.source()).took(duration);
        switch (outcome) {
            case DownloadResult.Completed completed -> succeeded(end);
            case DownloadResult.Failed failed -> failed(end, failed.why());
            case DownloadResult.Cancelled cancelled -> cancelled(end);
            case DownloadResult.Unclear unclear -> unclear(end);
        }
    }

    private static LogEvent event(String message, NamespacedName owner, ModelOperation mutation) {
        LogEvent event = LogEvent.of(message)
                .about(owner.namespace(), owner.name())
                .with(LogField.IDENTIFIER, mutation.identifier());
        return switch (mutation) {
            case ModelOperation.Load load ->
                event.with(LogField.OPERATION, "load")
                        .with(LogField.MODEL, load.request().modelKey());
            case ModelOperation.Unload unload -> event.with(LogField.OPERATION, "unload");
        };
    }

    private static LogEvent event(String message, NamespacedName owner, String source) {
        return LogEvent.of(message)
                .about(owner.namespace(), owner.name())
                .with(LogField.OPERATION, "download")
                .with(LogField.MODEL, source);
    }

    private static void succeeded(LogEvent end) {
        end.with(LogField.SUCCESS, true).info(LOG);
    }

    private static void failed(LogEvent end, LmStudioFailure why) {
        end.with(LogField.SUCCESS, false)
                .with(LogField.ERROR, why.explanation())
                .warn(LOG);
    }

    private static void cancelled(LogEvent end) {
        end.with(LogField.SUCCESS, false)
                .with(LogField.EXPLANATION, "cancelled")
                .info(LOG);
    }

    private static void unclear(LogEvent end) {
        end.with(LogField.SUCCESS, false)
                .with(LogField.ERROR, "LM Studio could not be queried afterwards")
                .warn(LOG);
    }
}
