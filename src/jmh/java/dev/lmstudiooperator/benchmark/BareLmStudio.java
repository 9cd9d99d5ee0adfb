package dev.lmstudiooperator.benchmark;

import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/** The floor: a client that uses {@code lms} and the HTTP API and trusts all answers. */
final class BareLmStudio implements AutoCloseable {

    private final SimulatorProcess lmStudio;
    private final HttpClient client = HttpClient.newHttpClient();

    BareLmStudio(SimulatorProcess lmStudio) {
        this.lmStudio = lmStudio;
    }

    boolean ps() throws IOException, InterruptedException {
        return run("ps", "--json");
    }

    boolean load(String modelKey, String identifier) throws IOException, InterruptedException {
        return run("load", modelKey, "--yes", "--local", "--identifier=" + identifier, "--ttl=600");
    }

    boolean list() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(lmStudio.httpUrl().resolve("/api/v1/models"))
                .build();
        return client.send(request, BodyHandlers.ofByteArray()).statusCode() == 200;
    }

    private boolean run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(lmStudio.lmsExecutable().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().put("HOME", lmStudio.home().toString());
        builder.environment()
                .put("LMS_API_SERVER_INFO_PATH", lmStudio.serverInfoFile().toString());
        return builder.start().waitFor() == 0;
    }

    @Override
    public void close() {
        client.close();
    }
}
