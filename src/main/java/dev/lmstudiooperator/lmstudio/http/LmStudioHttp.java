package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.lmstudio.Answer;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.ModelType;
import dev.lmstudiooperator.lmstudio.Served;
import java.time.Duration;
import java.util.Set;

/** LM Studio by way of its HTTP API. Safe for use by several threads. */
public final class LmStudioHttp implements LmStudioApi, AutoCloseable {

    /** As small as a question can be; what the answer says does not matter. */
    private static final String QUESTION = ".";

    private final Transport transport;

    public LmStudioHttp(HttpSettings settings) {
        this.transport = new Transport(settings);
    }

    @Override
    public Served list() throws LmStudioFailure, InterruptedException {
        Reply v1 = transport.get("/api/v1/models");
        if (!v1.isUnknownEndpoint()) {
            return ModelList.v1(listed(v1));
        }
        return ModelList.v0(listed(transport.get("/api/v0/models")));
    }

    /** LM Studio's older API reports loads under way; the newer one does not. */
    @Override
    public Set<String> loading() throws LmStudioFailure, InterruptedException {
        return ModelList.loading(listed(transport.get("/api/v0/models")));
    }

    private static Reply listed(Reply reply) throws LmStudioFailure {
        if (reply.isError()) {
            throw ApiError.ofList(reply);
        }
        return reply;
    }

    @Override
    public Answer ask(String identifier, ModelType type, Duration timeout)
            throws LmStudioFailure, InterruptedException {
        return switch (type) {
            case LLM -> askForToken(identifier, timeout);
            case EMBEDDING -> askForVector(identifier, timeout);
        };
    }

    private Answer askForToken(String identifier, Duration timeout) throws LmStudioFailure, InterruptedException {
        ObjectNode question = JsonNodeFactory.instance.objectNode().put("model", identifier);
        question.putArray("messages").addObject().put("role", "user").put("content", QUESTION);
        question.put("max_tokens", 1).put("temperature", 0).put("stream", false);
        return answer(transport.post("/v1/chat/completions", question, timeout), "choices");
    }

    private Answer askForVector(String identifier, Duration timeout) throws LmStudioFailure, InterruptedException {
        ObjectNode question =
                JsonNodeFactory.instance.objectNode().put("model", identifier).put("input", QUESTION);
        return answer(transport.post("/v1/embeddings", question, timeout), "data");
    }

    /** An answer is a list with something in it, be it empty; a list of nothing was produced by no model. */
    private static Answer answer(Reply reply, String results) throws LmStudioFailure {
        if (reply.isError()) {
            throw ApiError.ofQuestion(reply);
        }
        JsonNode list = reply.body().path(results);
        if (!list.isArray() || list.isEmpty()) {
            throw ModelList.unreadable(reply, results, list, "a list with a result");
        }
        return new Answer(ModelList.text(reply, reply.body(), "model"));
    }

    /** Gives up what is under way. */
    @Override
    public void close() {
        transport.close();
    }
}
