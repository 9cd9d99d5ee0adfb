package dev.lmstudiooperator.simulator.http;

import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.LmStudio;
import dev.lmstudiooperator.simulator.state.LoadJob;
import dev.lmstudiooperator.simulator.state.LoadOrder;
import dev.lmstudiooperator.simulator.state.LoadPlan;
import dev.lmstudiooperator.simulator.state.Refused;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.util.concurrent.Semaphore;

/** A load within a request. The response waits for its end. */
final class WaitingLoad {

    private WaitingLoad() {}

    static Instance run(LmStudio lmStudio, LoadOrder order) throws Refused, InterruptedException {
        var changes = new Semaphore(0);
        var job = lmStudio.loads().start(order, LoadPlan.SMOOTH, changes::release);
        while (job.stage() == LoadJob.Stage.LOADING) {
            changes.acquire();
        }
        if (job.stage() != LoadJob.Stage.LOADED) {
            throw new Refused(ServerError.of("Failed to load model"));
        }
        return job.instance();
    }
}
