package dev.lmstudiooperator.agent.act;

import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Tells the log what is done to LM Studio: when it begins, and what it came to. */
final class OperationNews {

    private static final Logger LOG = Logger.getLogger("dev.lmstudiooperator.LMStudio");

    private static final String BEGINS = "Started operation on LM Studio";
    private static final String ENDED = "Finished operation on LM Studio";

    private OperationNews() {}

    static void begins(Owner owner, Mutation mutation) {
        event(BEGINS, owner, mutation).info(LOG);
    }

    static void begins(Owner owner, String source) {
        event(BEGINS, owner, source).info(LOG);
    }

    static void ended(Owner owner, Outcome outcome) {
        LogEvent end = event(ENDED, owner, outcome.mutation()).took(outcome.duration());
        switch (outcome) {
            case Outcome.Loaded loaded -> succeeded(end);
            case Outcome.LoadedAnother another -> failed(end, another.why());
            case Outcome.Unloaded unloaded -> succeeded(end);
            case Outcome.Failed failed -> failed(end, failed.why());
            case Outcome.Cancelled cancelled -> cancelled(end);
            case Outcome.Unclear unclear -> unclear(end);
        }
    }

    static void ended(Owner owner, DownloadOutcome outcome, Duration duration) {
        LogEvent end = event(ENDED, owner, outcome.source()).took(duration);
        switch (outcome) {
            case DownloadOutcome.Completed completed -> succeeded(end);
            case DownloadOutcome.Failed failed -> failed(end, failed.why());
            case DownloadOutcome.Cancelled cancelled -> cancelled(end);
            case DownloadOutcome.Unclear unclear -> unclear(end);
        }
    }

    private static LogEvent event(String message, Owner owner, Mutation mutation) {
        LogEvent event = LogEvent.of(message)
                .about(owner.namespace(), owner.name())
                .with(LogField.IDENTIFIER, mutation.identifier());
        return switch (mutation) {
            case Mutation.Load load ->
                event.with(LogField.OPERATION, "load")
                        .with(LogField.MODEL, load.request().modelKey());
            case Mutation.Unload unload -> event.with(LogField.OPERATION, "unload");
        };
    }

    private static LogEvent event(String message, Owner owner, String source) {
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
