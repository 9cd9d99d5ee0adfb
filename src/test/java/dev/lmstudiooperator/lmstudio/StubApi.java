package dev.lmstudiooperator.lmstudio;

import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import java.time.Duration;
import java.util.Set;

/** Creates HTTP APIs for tests that only list models. */
public final class StubApi {

    private StubApi() {}

    /** No request is answered. */
    public static LmStudioApi unreachable() {
        return listing(() -> {
            throw new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "refused");
        });
    }

    public static LmStudioApi listing(Reading.Query<ApiModelList> list) {
        return new LmStudioApi() {
            @Override
            public ApiModelList list() throws LmStudioFailure, InterruptedException {
                return list.ask();
            }

            @Override
            public Set<String> loading() {
                throw new AssertionError("Unexpected call");
            }

            @Override
            public InferenceReply ask(String identifier, ModelType type, Duration timeout) {
                throw new AssertionError("Unexpected call");
            }
        };
    }
}
