package dev.lmstudiooperator.lmstudio.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LmStudioServer;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads information about the LM Studio of this machine from the files that it writes. LM Studio has two ports: the
 * HTTP API, and one for {@code lms}. A file contains the port for {@code lms}, which is open as long as LM Studio runs.
 */
public final class LocalServerInfo implements LmStudioServer {

    private static final String STATUS = "/lms-status";
    private static final int LAST_PORT = 65_535;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_FILE_BYTES = 64 * 1024;

    private final HttpSettings api;
    private final Path apiServerInfo;
    private final Path serverConfig;

    /**
     * @param api the HTTP API
     * @param apiServerInfo the file in which LM Studio writes the port for {@code lms}
     */
    public LocalServerInfo(HttpSettings api, Path apiServerInfo) {
        this.api = api.withoutToken(api.address());
        this.apiServerInfo = apiServerInfo;
        this.serverConfig = apiServerInfo.resolveSibling("http-server-config.json");
    }

    @Override
    public String version() throws LmStudioFailure, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + port());
        try (Transport transport = new Transport(api.withoutToken(address))) {
            Reply reply = transport.get(STATUS).listed();
            // Another program may listen on the port if the file is from an earlier run.
            reply.text(reply.body(), "package");
            String version = TextSanitizer.clean(reply.text(reply.body(), "version"));
            if (version.isEmpty()) {
                throw reply.unreadable("version", reply.body().path("version"), "a version");
            }
            return version;
        }
    }

    private int port() throws InfrastructureFailure {
        return field(apiServerInfo, "port")
                .filter(port -> port.isInt() && port.intValue() > 0 && port.intValue() <= LAST_PORT)
                .orElseThrow(() -> new InfrastructureFailure(
                        Kind.UNREACHABLE,
                        "%s holds no port: LM Studio has not run with this home".formatted(apiServerInfo)))
                .intValue();
    }

    @Override
    public Optional<Boolean> isJitLoading() {
        return field(serverConfig, "justInTimeModelLoading")
                .filter(JsonNode::isBoolean)
                .map(JsonNode::booleanValue);
    }

    /**
     * Returns the field of a JSON object in a file of LM Studio. Also empty if the file cannot be read, because LM
     * Studio may write it now, or may not have created it.
     */
    private static Optional<JsonNode> field(Path file, String name) {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.ofNullable(
                    JSON.readTree(in.readNBytes(MAX_FILE_BYTES)).get(name));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean wantsToken() throws LmStudioFailure, InterruptedException {
        try (LmStudioHttp anonymous = new LmStudioHttp(api)) {
            ApiModelList unused = anonymous.list();
            return false;
        } catch (InfrastructureFailure failure) {
            if (failure.kind() == Kind.NOT_AUTHENTICATED) {
                return true;
            }
            throw failure;
        }
    }
}
