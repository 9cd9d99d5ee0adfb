package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.logging.LoggedLines;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the consequences of a result, and its log entry. */
class OperationResultTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TOOK = Duration.ofMillis(1500);
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final ResourceID OWNER = new ResourceID("one", "team");
    private static final ModelOperation.Load LOAD =
            new ModelOperation.Load(new LoadRequest("qwen", "chat", TTL, null, null, null, null), "revision");
    private static final ModelOperation.Unload UNLOAD = new ModelOperation.Unload("chat");
    private static final Download DOWNLOAD = new Download("qwen", null);
    private final LmStudioFailure silence = new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "silence");
    private static final OperationResult LOADED = loaded(TTL);
    private static final OperationResult ANOTHER =
            new OperationResult.LoadedAnother(LOAD, NOW, TOOK, instance(TTL), refusal(DomainFailure.Kind.REFUSED));
    private static final OperationResult UNLOADED = new OperationResult.Unloaded(UNLOAD, NOW, TOOK);
    private static final OperationResult DOWNLOADED = new OperationResult.Downloaded(DOWNLOAD, NOW, TOOK);
    private static final OperationResult CANCELLED = new OperationResult.Cancelled(LOAD, NOW, TOOK, true);
    private static final OperationResult UNCLEAR = new OperationResult.Unclear(LOAD, NOW, TOOK);

    @Test
    void onlyTheInstanceOfThatIdentifierCountsAsUnloaded() {
        assertThat(OperationResult.hasUnloaded(UNLOADED, "chat")).isTrue();
        assertThat(OperationResult.hasUnloaded(UNLOADED, "chat:2")).isFalse();
        assertThat(OperationResult.hasUnloaded(LOADED, "chat")).isFalse();
        assertThat(OperationResult.hasUnloaded(null, "chat")).isFalse();
    }

    @Test
    void onlyARefusalAndACancelHaveSurelyLoadedNothing() {
        assertThat(List.of(CANCELLED, failed(refusal(DomainFailure.Kind.REFUSED))))
                .allMatch(OperationResult::hasSurelyLoadedNothing);
        assertThat(List.of(
                        LOADED,
                        ANOTHER,
                        UNLOADED,
                        DOWNLOADED,
                        UNCLEAR,
                        failed(silence),
                        failed(refusal(DomainFailure.Kind.IDENTIFIER_RESERVED))))
                .noneMatch(OperationResult::hasSurelyLoadedNothing);
    }

    @Test
    void instanceIsOfAnotherWhenItsTtlIsAnotherOrItsIdentifierWasLost() {
        assertThat(List.of(loaded(null), failed(refusal(DomainFailure.Kind.IDENTIFIER_LOST))))
                .allMatch(OperationResult::isInstanceOfAnother);
        assertThat(List.of(
                        LOADED,
                        ANOTHER,
                        UNLOADED,
                        DOWNLOADED,
                        CANCELLED,
                        UNCLEAR,
                        failed(silence),
                        failed(refusal(DomainFailure.Kind.REFUSED))))
                .noneMatch(OperationResult::isInstanceOfAnother);
    }

    @Test
    void onlyALoadWithoutAnObservedEndMayContinue() {
        assertThat(List.of(
                        UNCLEAR, CANCELLED, failed(silence), failed(refusal(DomainFailure.Kind.IDENTIFIER_RESERVED))))
                .allMatch(OperationResult::mayGoOn);
        assertThat(List.of(
                        LOADED,
                        ANOTHER,
                        UNLOADED,
                        DOWNLOADED,
                        failed(refusal(DomainFailure.Kind.REFUSED)),
                        new OperationResult.Cancelled(LOAD, NOW, TOOK, false),
                        new OperationResult.Unclear(UNLOAD, NOW, TOOK),
                        new OperationResult.Unclear(DOWNLOAD, NOW, TOOK),
                        new OperationResult.Failed(DOWNLOAD, NOW, TOOK, silence),
                        new OperationResult.Failed(UNLOAD, NOW, TOOK, silence)))
                .noneMatch(OperationResult::mayGoOn);
    }

    @Test
    void startAndResultAreLogged() {
        try (LoggedLines log = new LoggedLines("dev.lmstudiooperator.LMStudio")) {
            OperationLogger.begins(OWNER, LOAD);
            OperationLogger.begins(OWNER, UNLOAD);
            List.of(LOADED, ANOTHER, UNLOADED, failed(silence), CANCELLED, UNCLEAR)
                    .forEach(outcome -> OperationLogger.ended(OWNER, outcome));

            assertThat(log.lines())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .startsWith("Started operation on LM Studio: namespace=team name=one")
                                    .contains("operation=load", "identifier=chat", "model=qwen"),
                            line -> assertThat(line).contains("operation=unload", "identifier=chat"),
                            line -> assertThat(line)
                                    .startsWith("Finished operation on LM Studio: namespace=team name=one")
                                    .contains("operation=load", "success=true", "duration_seconds=1.5"),
                            line -> assertThat(line).contains("success=false", "error=refused"),
                            line -> assertThat(line).contains("operation=unload", "success=true"),
                            line -> assertThat(line).contains("success=false", "error=silence"),
                            line -> assertThat(line).contains("success=false", "detail=cancelled"),
                            line -> assertThat(line)
                                    .contains("success=false", "LM Studio could not be queried afterwards"));
        }
    }

    @Test
    void downloadsAreLoggedToo() {
        try (LoggedLines log = new LoggedLines("dev.lmstudiooperator.LMStudio")) {
            OperationLogger.begins(OWNER, DOWNLOAD);
            List.of(
                            DOWNLOADED,
                            new OperationResult.Failed(DOWNLOAD, NOW, TOOK, silence),
                            new OperationResult.Cancelled(DOWNLOAD, NOW, TOOK, true),
                            new OperationResult.Unclear(DOWNLOAD, NOW, TOOK))
                    .forEach(outcome -> OperationLogger.ended(OWNER, outcome));

            assertThat(log.lines())
                    .allSatisfy(line ->
                            assertThat(line).contains("namespace=team name=one", "operation=download", "model=qwen"))
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("Started operation on LM Studio"),
                            line -> assertThat(line).contains("success=true", "duration_seconds=1.5"),
                            line -> assertThat(line).contains("success=false", "error=silence"),
                            line -> assertThat(line).contains("success=false", "cancelled"),
                            line -> assertThat(line)
                                    .contains("success=false", "LM Studio could not be queried afterwards"));
        }
    }

    private static OperationResult failed(LmStudioFailure why) {
        return new OperationResult.Failed(LOAD, NOW, TOOK, why);
    }

    private static LmStudioFailure refusal(DomainFailure.Kind kind) {
        return new DomainFailure(kind, "refused");
    }

    private static OperationResult loaded(@Nullable Duration ttl) {
        return new OperationResult.Loaded(LOAD, NOW, TOOK, instance(ttl));
    }

    private static Instance instance(@Nullable Duration ttl) {
        return anInstance("chat", "qwen").ttl(ttl).build();
    }
}
