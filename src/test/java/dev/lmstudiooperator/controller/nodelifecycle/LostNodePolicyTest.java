package dev.lmstudiooperator.controller.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Bound;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Deletion;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Force;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Held;
import dev.lmstudiooperator.controller.nodelifecycle.Case.State;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Where;
import dev.lmstudiooperator.controller.nodelifecycle.LostNodePolicy.Action;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests the {@code Action} for a ManagedModel. */
class LostNodePolicyTest {

    private static final String ANY = "*";

    /** A column with several words stands for each of them. A reason stands for setting conditions with it. */
    private static final List<Row> TABLE = List.of(
            //      bound    node     deletion  held by     force      where          action
            row("UNBOUND UNOBSERVED", ANY, ANY, ANY, ANY, ANY, Action.Ignore.class),
            row("BOUND", "ALIVE SILENT", ANY, ANY, ANY, ANY, Action.Ignore.class),
            row("BOUND", "LOST GONE", "DELETED", "NONE OTHERS", ANY, ANY, Action.Ignore.class),
            row("BOUND", "LOST", "LIVES", ANY, ANY, ANY, Reason.AGENT_LOST),
            row("BOUND", "LOST", "DELETED", "AGENT BOTH", "ABSENT SHOUTED FALSE EMPTY", ANY, Reason.AGENT_LOST),
            row("BOUND", "LOST", "DELETED", "AGENT BOTH", "TRUE", ANY, Action.RemoveFinalizer.class),
            row("BOUND", "GONE", "DELETED", "AGENT BOTH", ANY, ANY, Action.RemoveFinalizer.class),
            row("BOUND", "GONE", "LIVES", ANY, ANY, "SELECTED ANYWHERE", Action.Reschedule.class),
            row("BOUND", "GONE", "LIVES", ANY, ANY, "PINNED", Reason.NODE_GONE));

    @Test
    void everyCombinationHasTheFateOfItsRow() {
        assertThat(Case.all()).allSatisfy(given -> {
            assertThat(TABLE).filteredOn(row -> row.fits(given)).singleElement().satisfies(row -> assertThat(
                            kind(given.fate()))
                    .isEqualTo(row.fate()));
            assertThat(given.fate().message()).isNotBlank();
        });
    }

    @Test
    void lostNodeIsReportedAsUnknown() {
        assertThat(fate(State.LOST, Deletion.LIVES, Force.ABSENT))
                .isEqualTo(new Action.SetCondition(
                        ConditionStatus.UNKNOWN,
                        Reason.AGENT_LOST,
                        "No heartbeat from the agent on node gpu-1; model state is unknown. Check the"
                                + " agent and the node. The status updates when the agent reconnects"));
    }

    @Test
    void deletionMessageContainsTheReleaseCommand() {
        assertThat(fate(State.LOST, Deletion.DELETED, Force.ABSENT))
                .isEqualTo(new Action.SetCondition(
                        ConditionStatus.UNKNOWN,
                        Reason.AGENT_LOST,
                        "No heartbeat from the agent on node gpu-1; the unload cannot be verified. To"
                                + " delete without verification: kubectl annotate managedmodels.lmstudio-operator.dev chat"
                                + " --namespace team-a lmstudio-operator.dev/force-release=true --overwrite. The instance may"
                                + " then stay loaded until its TTL expires. Otherwise start the agent, or delete its"
                                + " LMStudioNode if the machine does not come back"));
    }

    @Test
    void goneNodeOfAPinIsNamed() {
        assertThat(fate(State.GONE, Deletion.LIVES, Force.ABSENT))
                .isEqualTo(new Action.SetCondition(
                        ConditionStatus.FALSE,
                        Reason.NODE_GONE,
                        "Node gpu-1 no longer exists (its LMStudioNode was deleted), and spec.nodeName"
                                + " allows no other. Add the node again, or delete the ManagedModel"));
    }

    @Test
    void otherMessagesContainTheReason() {
        assertThat(fate(State.ALIVE, Deletion.LIVES, Force.ABSENT).message())
                .isEqualTo("The agent of gpu-1 reports it");
        assertThat(fate(State.SILENT, Deletion.DELETED, Force.TRUE).message()).isEqualTo("Too many at once");
        assertThat(fate(State.GONE, Deletion.DELETED, Force.ABSENT).message())
                .isEqualTo(
                        "Finalizer removed: node gpu-1 no longer exists (its LMStudioNode was deleted); the unload could"
                                + " not be verified");
        assertThat(fate(State.LOST, Deletion.DELETED, Force.TRUE).message())
                .isEqualTo("Finalizer removed on request (lmstudio-operator.dev/force-release) while node gpu-1 has no"
                        + " agent heartbeat. The instance may stay loaded until its TTL expires");
        assertThat(new Case(State.GONE, Deletion.LIVES, Held.AGENT, Force.ABSENT, Where.SELECTED, Bound.BOUND)
                        .fate()
                        .message())
                .isEqualTo("Node gpu-1 no longer exists (its LMStudioNode was deleted); rescheduling");
    }

    @Test
    void longestNamesLeaveTheCommandWhole() {
        ManagedModel model = given(State.LOST, Deletion.DELETED, Force.ABSENT)
                .model("m".repeat(253), "n".repeat(63), "g".repeat(248));

        assertThat(LostNodePolicy.decide(
                                model,
                                given(State.LOST, Deletion.DELETED, Force.ABSENT)
                                        .node())
                        .message())
                .hasSizeLessThanOrEqualTo(1024)
                .contains("m".repeat(253) + " --namespace " + "n".repeat(63)
                        + " lmstudio-operator.dev/force-release=true");
    }

    private static Object kind(Action fate) {
        return fate instanceof Action.SetCondition spoken ? spoken.reason() : fate.getClass();
    }

    private static Action fate(State state, Deletion deletion, Force force) {
        return given(state, deletion, force).fate();
    }

    private static Case given(State state, Deletion deletion, Force force) {
        return new Case(state, deletion, Held.AGENT, force, Where.PINNED, Bound.BOUND);
    }

    private static Row row(
            String bound, String state, String deletion, String held, String force, String where, Object fate) {
        return new Row(List.of(bound, state, deletion, held, force, where), fate);
    }

    private record Row(List<String> columns, Object fate) {

        boolean fits(Case given) {
            List<Enum<?>> values =
                    List.of(given.bound(), given.state(), given.deletion(), given.held(), given.force(), given.where());
            return IntStream.range(0, values.size()).allMatch(index -> covers(columns.get(index), values.get(index)));
        }

        private static boolean covers(String column, Enum<?> value) {
            return column.equals(ANY) || Arrays.asList(column.split(" ")).contains(value.name());
        }
    }
}
