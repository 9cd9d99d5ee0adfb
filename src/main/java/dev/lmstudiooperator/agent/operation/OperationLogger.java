package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.Action.AgentOperation;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import org.jboss.logging.Logger;

/** Logs the start and the result of each operation on LM Studio. */
final class OperationLogger {

    private static final Logger LOG = Logger.getLogger("dev.lmstudiooperator.LMStudio");

    private OperationLogger() {}

    static void begins(ResourceID owner, AgentOperation operation) {
        event("Started operation on LM Studio", owner, operation).info(LOG);
    }

    static void ended(ResourceID owner, OperationResult result) {
        LogEvent end = event("Finished operation on LM Studio", owner, result.operation())
                .took(result.duration());
        switch (result) {
            case OperationResult.Loaded loaded -> succeeded(end);
            case OperationResult.LoadedAnother another -> failed(end, another.why());
            case OperationResult.Unloaded unloaded -> succeeded(end);
            case OperationResult.Downloaded downloaded -> succeeded(end);
            case OperationResult.Failed failed -> failed(end, failed.why());
            case OperationResult.Cancelled cancelled ->
                end.with(LogField.SUCCESS, false)
                        .with(LogField.DETAIL, "cancelled")
                        .info(LOG);
            case OperationResult.Unclear unclear ->
                end.with(LogField.SUCCESS, false)
                        .with(LogField.ERROR, "LM Studio could not be queried afterwards")
                        .warn(LOG);
        }
    }

    private static LogEvent event(String message, ResourceID owner, AgentOperation operation) {
        LogEvent event = LogEvent.of(message).about(owner);
        return switch (operation) {
            case ModelOperation.Load load ->
                event.with(LogField.OPERATION, "load")
                        .with(LogField.IDENTIFIER, load.identifier())
                        .with(LogField.MODEL, load.request().modelKey());
            case ModelOperation.Unload unload ->
                event.with(LogField.OPERATION, "unload").with(LogField.IDENTIFIER, unload.identifier());
            case Download download ->
                event.with(LogField.OPERATION, "download").with(LogField.MODEL, download.source());
        };
    }

    private static void succeeded(LogEvent end) {
        end.with(LogField.SUCCESS, true).info(LOG);
    }

    private static void failed(LogEvent end, LmStudioFailure why) {
        end.with(LogField.SUCCESS, false)
                .with(LogField.ERROR, why.explanation())
                .warn(LOG);
    }
}
