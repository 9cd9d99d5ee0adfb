package dev.lmstudiooperator.simulator.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.simulator.state.Activity;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import dev.lmstudiooperator.simulator.state.LoadOrder;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.Refused;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;

/** Inference requests, by identifier, by JIT load, or by the fallback to the only model. */
final class Inference {

    private static final String NONE_LOADED =
            "No models loaded. Please load a model in the developer page or use the" + " 'lms load' command.";

    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final LmStudio lmStudio;

    Inference(LmStudio lmStudio) {
        this.lmStudio = lmStudio;
    }

    Reply answer(Request request, BiFunction<Request, Instance, ObjectNode> answer) throws InterruptedException {
        var wanted = request.model();
        var instances = lmStudio.memory().loaded();
        var named = lmStudio.memory().find(wanted);
        if (named.isPresent()) {
            return serve(request, named.get(), answer);
        }
        var downloaded = lmStudio.shelf().local(wanted);
        if (lmStudio.settings().jit() && downloaded.isPresent()) {
            return loadAndServe(request, downloaded.get(), answer);
        }
        if (instances.size() == 1 && lmStudio.settings().singleModelFallback()) {
            return serve(request, instances.getFirst(), answer);
        }
        return instances.isEmpty()
                ? Reply.invalidRequest(NONE_LOADED)
                : Reply.invalidRequest(
                        "Invalid model identifier \"" + wanted + "\". Please specify a valid downloaded" + " model.");
    }

    private Reply loadAndServe(Request request, Model model, BiFunction<Request, Instance, ObjectNode> answer)
            throws InterruptedException {
        if (lmStudio.settings().autoEvict()) {
            for (var evicted : lmStudio.memory().removeAll(Instance::jit)) {
                lmStudio.journal().happened("auto-evicted " + evicted.summary());
            }
            lmStudio.clock().wake();
        }
        double ttlSeconds = Objects.requireNonNullElse(Json.real(request.body(), "ttl"), Double.valueOf((double)
                lmStudio.settings().jitTtlSeconds()));
        var order = new LoadOrder(
                model,
                null,
                ttlSeconds * 1000,
                null,
                null,
                true,
                request.entry().seq());
        try {
            var instance = WaitingLoad.run(lmStudio, order);
            request.entry().effect("jit-loaded " + instance.summary());
            return serve(request, instance, answer);
        } catch (Refused refused) {
            return Reply.invalidRequest("Failed to load model \"" + model.modelKey() + "\". Error: "
                    + refused.error().title());
        }
    }

    private Reply serve(Request request, Instance instance, BiFunction<Request, Instance, ObjectNode> answer)
            throws InterruptedException {
        if (instance.engineDead()) {
            return Reply.json(400, Json.object().put("error", "Model is unloaded."));
        }
        var memory = lmStudio.memory();
        var activity = instance.model().isLlm() ? Activity.GENERATING : Activity.COMPUTING_EMBEDDING;
        var reference = instance.reference();
        var begin = lmStudio.clock().instant();
        memory.change(reference, one -> one.usedAt(begin).working(activity, one.queued() + 1));
        if (instance.stuck()) {
            request.entry().waitsFor("stuck instance");
        }
        var end = begin.plus(
                instance.stuck()
                        ? FOR_EVER
                        : Duration.ofMillis(lmStudio.settings().inferenceMillis()));
        lmStudio.clock().sleepUntil(end, () -> !isThere(reference));
        if (!isThere(reference)) {
            return Reply.json(400, Json.object().put("error", "Model unloaded by user or API request."));
        }
        memory.change(reference, one -> one.usedAt(lmStudio.clock().instant())
                .working(one.queued() <= 1 ? Activity.IDLE : activity, one.queued() - 1));
        request.entry().effect("answered by " + instance.identifier());
        return Reply.ok(answer.apply(request, instance));
    }

    private boolean isThere(long reference) {
        return lmStudio.memory().loaded().stream().anyMatch(one -> one.reference() == reference);
    }
}
