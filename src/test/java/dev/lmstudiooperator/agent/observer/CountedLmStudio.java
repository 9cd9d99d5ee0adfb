package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.StubCli;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Returns scripted answers and counts the requests. */
final class CountedLmStudio implements LmStudioApi {

    /** A scripted answer. */
    interface Script<T> {
        T answer() throws LmStudioFailure, InterruptedException;
    }

    private final Map<String, Integer> questions = new ConcurrentHashMap<>();

    volatile Script<ApiModelList> list = () -> new ApiModelList(Set.of(), Set.of());
    volatile Script<Set<String>> loading = Set::of;
    volatile Script<List<Instance>> ps = List::of;
    volatile Script<List<DownloadedModel>> ls = List::of;
    volatile Script<String> version = () -> "commit";
    volatile String fileStamp = "one";

    @Override
    public ApiModelList list() throws LmStudioFailure, InterruptedException {
        count("glance");
        return list.answer();
    }

    @Override
    public Set<String> loading() throws LmStudioFailure, InterruptedException {
        return loading.answer();
    }

    @Override
    public InferenceReply ask(String identifier, ModelType type, Duration timeout) {
        throw new AssertionError("The observer must not send inference requests");
    }

    LmStudioCli cli() {
        return StubCli.answering((method, arguments) -> switch (method) {
            case "listLoaded" -> {
                count("ps");
                yield ps.answer();
            }
            case "listDownloaded" -> {
                count("ls");
                yield ls.answer();
            }
            case "version" -> {
                count("version");
                yield version.answer();
            }
            case "fileStamp" -> fileStamp;
            default -> throw new AssertionError("The observer must not call " + method);
        });
    }

    int glances() {
        return questions.getOrDefault("glance", 0);
    }

    int ps() {
        return questions.getOrDefault("ps", 0);
    }

    int ls() {
        return questions.getOrDefault("ls", 0);
    }

    int versions() {
        return questions.getOrDefault("version", 0);
    }

    private void count(String question) {
        questions.merge(question, 1, Integer::sum);
    }
}
