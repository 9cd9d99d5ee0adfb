package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Duration;
import java.util.Set;

/** Implements {@link LmStudioApi} with LM Studio's HTTP API. It is thread-safe. */
public final class LmStudioHttp implements LmStudioApi, AutoCloseable {

    /** The smallest possible prompt. The content of the answer does not matter. */
    private static final String QUESTION = ".";

    private final Transport transport;

    public LmStudioHttp(HttpSettings settings) {
        this.transport = new Transport(settings);
    }

    @Override
    public ApiModelList list() throws LmStudioFailure, InterruptedException {
        Reply v1 = transport.get("/api/v1/models");
        if (!v1.isUnknownEndpoint()) {
            return ModelListParser.v1(listed(v1));
        }
        return ModelListParser.v0(listed(transport.get("/api/v0/models")));
    }

    /** Uses the older API of LM Studio, because the newer one does not report loads in progress. */
    @Override
    public Set<String> loading() throws LmStudioFailure, InterruptedException {
        return ModelListParser.loading(listed(transport.get("/api/v0/models")));
    }

    private static Reply listed(Reply reply) throws LmStudioFailure {
        if (reply.isError()) {
            throw ApiErrorPattern.ofList(reply);
        }
        return reply;
    }

    @Override
    public InferenceReply ask(String identifier, ModelType type, Duration timeout)
            throws LmStudioFailure, InterruptedException {
        return switch (type) {
            case LLM -> askForToken(identifier, timeout);
            case EMBEDDING -> askForVector(identifier, timeout);
        };
    }

    private InferenceReply askForToken(String identifier, Duration timeout)
            throws LmStudioFailure, InterruptedException {
        ObjectNode question = JsonNodeFactory.instance.objectNode().put("model", identifier);
        question.putArray("messages").addObject().put("role", "user").put("content", QUESTION);
        question.put("max_tokens", 1).put("temperature", 0).put("stream", false);
        return answer(transport.post("/v1/chat/completions", question, timeout), "choices");
    }

    private InferenceReply askForVector(String identifier, Duration timeout)
            throws LmStudioFailure, InterruptedException {
        ObjectNode question =
                JsonNodeFactory.instance.objectNode().put("model", identifier).put("input", QUESTION);
        return answer(transport.post("/v1/embeddings", question, timeout), "data");
    }

    /**
     * Requires a list with at least one result. A result may be empty, but an empty list means that no model answered.
     */
    private static InferenceReply answer(Reply reply, String results) throws LmStudioFailure {
        if (reply.isError()) {
            throw ApiErrorPattern.ofQuestion(reply);
        }
        JsonNode list = reply.body().path(results);
        if (!list.isArray() || list.isEmpty()) {
            throw ModelListParser.unreadable(reply, results, list, "a list with a result");
        }
        return new InferenceReply(ModelListParser.text(reply, reply.body(), "model"));
    }

    /** Aborts the requests in progress. */
    @Override
    public void close() {
        transport.close();
    }
}
