package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.time.Duration;
import java.util.Set;

/** Implements {@link LmStudioApi} with LM Studio's HTTP API. It is thread-safe. */
public final class LmStudioHttp implements LmStudioApi, AutoCloseable {

    /** The smallest possible prompt. The content of the answer does not matter. */
    private static final String PROMPT = ".";

    private final Transport transport;

    public LmStudioHttp(HttpSettings settings) {
        this.transport = new Transport(settings);
    }

    @Override
    public ApiModelList list() throws LmStudioFailure, InterruptedException {
        Reply v1 = transport.get("/api/v1/models");
        if (!v1.isUnknownEndpoint()) {
            return ModelListParser.v1(v1.listed());
        }
        return ModelListParser.v0(transport.get("/api/v0/models").listed());
    }

    /** Uses the older API of LM Studio, because the newer one does not report loads in progress. */
    @Override
    public Set<String> loading() throws LmStudioFailure, InterruptedException {
        return ModelListParser.loading(transport.get("/api/v0/models").listed());
    }

    @Override
    public InferenceReply ask(String identifier, ModelType type, Duration timeout)
            throws LmStudioFailure, InterruptedException {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("model", identifier);
        return switch (type) {
            case LLM -> {
                request.putArray("messages").addObject().put("role", "user").put("content", PROMPT);
                request.put("max_tokens", 1).put("temperature", 0).put("stream", false);
                yield answer(transport.post("/v1/chat/completions", request, timeout), "choices");
            }
            case EMBEDDING -> answer(transport.post("/v1/embeddings", request.put("input", PROMPT), timeout), "data");
        };
    }

    /**
     * Requires a list with at least one result. A result may be empty, but an empty list means that no model answered.
     */
    private static InferenceReply answer(Reply reply, String results) throws LmStudioFailure {
        if (reply.isError()) {
            throw ApiErrorPattern.ofInference(reply);
        }
        JsonNode list = reply.body().path(results);
        if (!list.isArray() || list.isEmpty()) {
            throw reply.unreadable(results, list, "a list with a result");
        }
        return new InferenceReply(reply.text(reply.body(), "model"));
    }

    /** Aborts the requests in progress. */
    @Override
    public void close() {
        transport.close();
    }
}
