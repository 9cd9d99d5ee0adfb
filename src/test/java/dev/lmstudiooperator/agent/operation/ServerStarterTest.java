package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerStatus;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.StubCli;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests an attempt to start the HTTP server, and its log entries. */
class ServerStarterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final ServerAddress ADDRESS = new ServerAddress("127.0.0.1", 1234);

    private final List<String> calls = new ArrayList<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final ServerStarter starter =
            new ServerStarter(cli(), ADDRESS, () -> CompletableFuture.completedFuture(look()), tasks::add, this::now);
    private Instant time = NOW;
    private ServerStatus status = new ServerStatus(false, 1300);
    private boolean isServed;
    private boolean isStartedByACall = true;
    private @Nullable LmStudioFailure failure;

    @Test
    void serverIsStartedOnceAndNotByTheObservingThread() {
        offForAWhile();
        assertThat(calls).isEmpty();

        execute();

        assertThat(calls).containsExactly("server status", "server start 127.0.0.1:1234");
        assertThat(starter.plan()).contains("lms reported that it started the server at 127.0.0.1:1234; it answered");
    }

    @Test
    void failedAttemptIsReportedAndNotRepeatedInALoop() {
        isStartedByACall = false;
        failure = new DomainFailure(DomainFailure.Kind.REFUSED, "the port is taken");
        offForAWhile();
        execute();

        for (int seconds = 0; seconds < 240; seconds += 2) {
            time = time.plusSeconds(2);
            starter.observed(look());
        }

        assertThat(tasks).isEmpty();
        assertThat(starter.plan()).contains("the port is taken; it did not answer afterwards. Next attempt at ");
    }

    @Test
    void serverThatAnswersThoughLmsFailedIsFoundToAnswer() {
        failure = new InfrastructureFailure(Kind.UNREACHABLE, "not verified");
        offForAWhile();

        execute();

        assertThat(starter.plan()).contains("not verified; it answered afterwards");
    }

    @Test
    void serverThatRunsElsewhereIsNotMoved() {
        status = new ServerStatus(true, 1300);
        offForAWhile();

        execute();

        assertThat(calls).containsExactly("server status");
        assertThat(starter.plan()).contains("not started, because lms server status reports that it runs on port 1300");
    }

    @Test
    void nothingIsStartedWhereNothingIsKnown() {
        ServerStarter unsure = new ServerStarter(
                cli("serverStatus", new InfrastructureFailure(Kind.TIMED_OUT, "no answer")),
                ADDRESS,
                () -> CompletableFuture.completedFuture(look()),
                tasks::add,
                this::now);
        unsure.observed(look());
        time = time.plusSeconds(10);
        unsure.observed(look());

        execute();

        assertThat(calls).containsExactly("server status");
        assertThat(unsure.plan()).contains("no answer; it did not answer afterwards");
    }

    @Test
    void attemptWithoutAnObservationAfterwardsEndsToo() {
        ServerStarter blind = new ServerStarter(
                cli(),
                ADDRESS,
                () -> CompletableFuture.failedFuture(new IllegalStateException()),
                tasks::add,
                this::now);
        blind.observed(look());
        time = time.plusSeconds(10);
        blind.observed(look());

        execute();

        assertThat(blind.plan()).contains("its state could not be checked afterwards. Next attempt at ");
    }

    @Test
    void missingServerIsReportedWithThePlan() {
        LmStudioApi api = starter.announcing(refusing(Kind.UNREACHABLE));

        assertThatThrownBy(api::list)
                .isInstanceOfSatisfying(InfrastructureFailure.class, reported -> assertThat(reported.kind())
                        .isEqualTo(Kind.UNREACHABLE))
                .hasMessage(
                        "start it. The agent starts the server after it has been down for 10 s while LM Studio runs");
        assertThatThrownBy(api::loading).hasMessageEndingWith("down for 10 s while LM Studio runs");
        assertThatThrownBy(() -> api.ask("chat", ModelType.LLM, Duration.ofSeconds(1)))
                .hasMessageEndingWith("down for 10 s while LM Studio runs");
    }

    @Test
    void otherFailureIsReportedUnchanged() {
        LmStudioApi api = starter.announcing(refusing(Kind.NOT_AUTHENTICATED));

        assertThatThrownBy(api::list).hasMessage("start it");
        assertThatThrownBy(api::loading).hasMessage("start it");
    }

    @Test
    void serverThatRunsAnswersAsItDoes() throws LmStudioFailure, InterruptedException {
        LmStudioApi api = starter.announcing(answering());

        assertThat(api.loading()).containsExactly("qwen");
        assertThat(api.list().modelKeys()).containsExactly("qwen");
        assertThat(api.ask("chat", ModelType.LLM, Duration.ofSeconds(1)).servedBy())
                .isEqualTo("chat");
    }

    @Test
    void attemptThatAStopBreaksOffIsOverToo() {
        ServerStarter stopping = new ServerStarter(
                cli(),
                ADDRESS,
                () -> {
                    CompletableFuture<Observation> look = new CompletableFuture<>();
                    look.cancel(false);
                    return look;
                },
                tasks::add,
                this::now);
        stopping.observed(look());
        time = time.plusSeconds(10);
        stopping.observed(look());

        execute();

        assertThat(stopping.plan())
                .contains("lms reported that it started the server at 127.0.0.1:1234. Next attempt at ");
    }

    private void offForAWhile() {
        starter.observed(look());
        time = time.plusSeconds(10);
        starter.observed(look());
        starter.observed(look());
    }

    private void execute() {
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
    }

    private Instant now() {
        return time;
    }

    private Observation look() {
        Reading<ApiModelList> served = isServed
                ? new Reading.Known<>(new ApiModelList(Set.of(), Set.of()), time)
                : new Reading.Unknown<>(new InfrastructureFailure(Kind.UNREACHABLE, "start it"), time);
        return anObservation(time).served(served).build();
    }

    private LmStudioCli cli() {
        return cli("", null);
    }

    private LmStudioCli cli(String failing, @Nullable LmStudioFailure why) {
        return StubCli.answering((method, arguments) -> {
            switch (method) {
                case "serverStatus" -> calls.add("server status");
                case "startServer" -> calls.add("server start " + arguments[0]);
                default -> throw new AssertionError("The server start must not call " + method);
            }
            if (why != null && method.equals(failing)) {
                throw why;
            }
            return method.equals("serverStatus") ? status : startServer();
        });
    }

    private @Nullable Object startServer() throws LmStudioFailure {
        isServed = isStartedByACall;
        if (failure != null) {
            throw failure;
        }
        return null;
    }

    private static LmStudioApi answering() {
        return new LmStudioApi() {
            @Override
            public Set<String> loading() {
                return Set.of("qwen");
            }

            @Override
            public ApiModelList list() {
                return new ApiModelList(Set.of(), Set.of("qwen"));
            }

            @Override
            public InferenceReply ask(String identifier, ModelType type, Duration timeout) {
                return new InferenceReply(identifier);
            }
        };
    }

    private static LmStudioApi refusing(Kind kind) {
        return new LmStudioApi() {
            @Override
            public Set<String> loading() throws LmStudioFailure {
                throw new InfrastructureFailure(kind, "start it");
            }

            @Override
            public ApiModelList list() throws LmStudioFailure {
                throw new InfrastructureFailure(kind, "start it");
            }

            @Override
            public InferenceReply ask(String identifier, ModelType type, Duration timeout) throws LmStudioFailure {
                throw new InfrastructureFailure(kind, "start it");
            }
        };
    }
}
