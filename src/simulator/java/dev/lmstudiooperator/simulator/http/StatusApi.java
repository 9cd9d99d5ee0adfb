package dev.lmstudiooperator.simulator.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lmstudiooperator.simulator.state.Daemon;
import dev.lmstudiooperator.simulator.state.Json;
import dev.lmstudiooperator.simulator.state.LmStudio;
import java.io.IOException;
import java.util.function.Supplier;

/** The API server of the daemon. It responds with its version. */
public final class StatusApi implements HttpHandler {

    private final LmStudio lmStudio;
    private final Supplier<Daemon> daemon;

    public StatusApi(LmStudio lmStudio, Supplier<Daemon> daemon) {
        this.lmStudio = lmStudio;
        this.daemon = daemon;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        HangingConnections.waitWhileFrozen(daemon.get());
        Response.ok(Json.object()
                        .put("package", "llmster")
                        .put("version", lmStudio.settings().version()))
                .send(exchange);
    }
}
