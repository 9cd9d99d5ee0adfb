package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import dev.lmstudiooperator.simulator.state.LoadRequest;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;

/** Inference requests. They name an instance, trigger a JIT load, or fall back to the only loaded model. */
final class Inference {

    private static final String NONE_LOADED =
            "No models loaded. Please load a model in the developer page or use the" + " 'lms load' command.";

    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final LmStudio lmStudio;

    Inference(LmStudio lmStudio) {
        this.lmStudio = lmStudio;
    }

    Response answer(Endpoints.Request request, BiFunction<Endpoints.Request, Instance, ObjectNode> respond)
            throws InterruptedException {
        var wanted = request.model();
        var instances = lmStudio.memory().loaded();
        var named = lmStudio.memory().find(wanted);
        if (named.isPresent()) {
            return serve(request, named.get(), respond);
        }
        var downloaded = lmStudio.modelStore().findLocal(wanted);
        if (lmStudio.settings().jit() && downloaded.isPresent()) {
            return loadAndServe(request, downloaded.get(), respond);
        }
        if (instances.size() == 1 && lmStudio.settings().singleModelFallback()) {
            return serve(request, instances.getFirst(), respond);
        }
        return instances.isEmpty()
                ? Response.invalidRequest(NONE_LOADED)
                : Response.invalidRequest(
                        "Invalid model identifier \"" + wanted + "\". Please specify a valid downloaded" + " model.");
    }

    private Response loadAndServe(
            Endpoints.Request request, Model model, BiFunction<Endpoints.Request, Instance, ObjectNode> respond)
            throws InterruptedException {
        if (lmStudio.settings().autoEvict()) {
            for (var evicted : lmStudio.memory().removeAll(Instance::jit)) {
                lmStudio.journal().recordEvent("auto-evicted " + evicted.summary());
            }
            lmStudio.clock().signal();
        }
        double ttlSeconds = Objects.requireNonNullElse(Json.real(request.body(), "ttl"), Double.valueOf((double)
                lmStudio.settings().jitTtlSeconds()));
        var loadRequest = new LoadRequest(
                model,
                null,
                ttlSeconds * 1000,
                null,
                null,
                true,
                request.entry().seq());
        try {
            var instance = lmStudio.loads().loadAndWait(loadRequest);
            request.entry().effect("jit-loaded " + instance.summary());
            return serve(request, instance, respond);
        } catch (ServerError.RefusedException e) {
            return Response.invalidRequest("Failed to load model \"" + model.modelKey() + "\". Error: "
                    + e.error().title());
        }
    }

    private Response serve(
            Endpoints.Request request, Instance instance, BiFunction<Endpoints.Request, Instance, ObjectNode> respond)
            throws InterruptedException {
        if (instance.engineDead()) {
            return Response.json(400, Json.object().put("error", "Model is unloaded."));
        }
        var memory = lmStudio.memory();
        var activity = instance.model().isLlm() ? Instance.Activity.GENERATING : Instance.Activity.COMPUTING_EMBEDDING;
        var reference = instance.reference();
        var begin = lmStudio.clock().instant();
        memory.change(reference, current -> current.usedAt(begin).withActivity(activity, current.queued() + 1));
        if (instance.stuck()) {
            request.entry().waitsFor("stuck instance");
        }
        var end = begin.plus(
                instance.stuck()
                        ? FOREVER
                        : Duration.ofMillis(lmStudio.settings().inferenceMillis()));
        lmStudio.clock().sleepUntil(end, () -> !isLoaded(reference));
        if (!isLoaded(reference)) {
            return Response.json(400, Json.object().put("error", "Model unloaded by user or API request."));
        }
        memory.change(reference, current -> current.usedAt(lmStudio.clock().instant())
                .withActivity(current.queued() <= 1 ? Instance.Activity.IDLE : activity, current.queued() - 1));
        request.entry().effect("answered by " + instance.identifier());
        return Response.ok(respond.apply(request, instance));
    }

    private boolean isLoaded(long reference) {
        return lmStudio.memory().loaded().stream().anyMatch(instance -> instance.reference() == reference);
    }
}
