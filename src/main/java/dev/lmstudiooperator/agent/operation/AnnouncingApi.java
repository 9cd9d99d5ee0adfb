package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Duration;
import java.util.Set;

/**
 * Wraps the HTTP API of LM Studio. If the server is not listening, the failure also reports what the agent does to
 * start it.
 */
public final class AnnouncingApi implements LmStudioApi {

    private final LmStudioApi api;
    private final ServerStarter starter;

    public AnnouncingApi(LmStudioApi api, ServerStarter starter) {
        this.api = api;
        this.starter = starter;
    }

    @Override
    public ApiModelList list() throws LmStudioFailure, InterruptedException {
        try {
            return api.list();
        } catch (InfrastructureFailure failure) {
            throw announced(failure);
        }
    }

    @Override
    public Set<String> loading() throws LmStudioFailure, InterruptedException {
        try {
            return api.loading();
        } catch (InfrastructureFailure failure) {
            throw announced(failure);
        }
    }

    @Override
    public InferenceReply ask(String identifier, ModelType type, Duration timeout)
            throws LmStudioFailure, InterruptedException {
        try {
            return api.ask(identifier, type, timeout);
        } catch (InfrastructureFailure failure) {
            throw announced(failure);
        }
    }

    private InfrastructureFailure announced(InfrastructureFailure failure) {
        if (failure.kind() != InfrastructureFailure.Kind.UNREACHABLE) {
            return failure;
        }
        return new InfrastructureFailure(
                failure.kind(), "%s. %s".formatted(failure.explanation(), starter.plan()), failure);
    }
}
