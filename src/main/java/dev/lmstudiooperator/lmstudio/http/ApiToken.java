package dev.lmstudiooperator.lmstudio.http;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The secret for LM Studio's API. No message contains its text. */
record ApiToken(String secret) {

    private static final int MAX_BYTES = 4096;
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");

    /** Reads the file. Called for each request, because a mounted secret is rotated while the agent runs. */
    static Optional<ApiToken> read(@Nullable Path file) throws InfrastructureFailure {
        if (file == null) {
            return Optional.empty();
        }
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            text = new String(in.readNBytes(MAX_BYTES + 1), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new InfrastructureFailure(
                    Kind.NOT_AUTHENTICATED,
                    "The API token cannot be read from %s (%s): let the file exist and be readable by the agent"
                            .formatted(file, e.getClass().getSimpleName()),
                    e);
        }
        if (text.length() > MAX_BYTES || !PRINTABLE.matcher(text).matches()) {
            throw new InfrastructureFailure(
                    Kind.NOT_AUTHENTICATED,
                    "The file %s does not hold one API token: write the token of LM Studio into it and nothing else"
                            .formatted(file));
        }
        return Optional.of(new ApiToken(text));
    }

    String withoutSecret(String text) {
        return text.replace(secret, "[secret]");
    }

    @Override
    public String toString() {
        return "ApiToken[secret]";
    }
}
