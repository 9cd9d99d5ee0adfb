package dev.lmstudiooperator.controller.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controller.nodelifecycle.Case.Bound;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Deletion;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Force;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Held;
import dev.lmstudiooperator.controller.nodelifecycle.Case.State;
import dev.lmstudiooperator.controller.nodelifecycle.Case.Where;
import dev.lmstudiooperator.controller.nodelifecycle.LostNodePolicy.Action;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** Tests properties that hold for any ManagedModel and any state of its node. */
@PropertyDefaults(tries = 3_000)
class LostNodePolicyPropertiesTest {

    @Property
    void nothingIsReleasedButByAGoneNodeOrByForce(@ForAll("cases") Case given) {
        if (given.fate() instanceof Action.RemoveFinalizer) {
            assertThat(given.deletion()).isEqualTo(Deletion.DELETED);
            assertThat(given.isHeldByAgent()).isTrue();
            assertThat(given.state() == State.GONE || (given.state() == State.LOST && given.force() == Force.TRUE))
                    .isTrue();
        }
    }

    @Property
    void whatAnAliveNodeHoldsIsLeftAlone(@ForAll("cases") Case given) {
        if (given.state() == State.ALIVE) {
            assertThat(given.fate()).isInstanceOf(Action.Ignore.class);
        }
    }

    @Property
    void bindingChangesOnlyWhenTheNodeIsGoneAndTheSpecAllowsAnother(@ForAll("cases") Case given) {
        if (given.fate() instanceof Action.Reschedule) {
            assertThat(given.state()).isEqualTo(State.GONE);
            assertThat(given.where()).isNotEqualTo(Where.PINNED);
            assertThat(given.deletion()).isEqualTo(Deletion.LIVES);
            assertThat(given.bound()).isEqualTo(Bound.BOUND);
        }
    }

    @Property
    void deletionEndsWhenTheNodeIsGone(@ForAll("cases") Case given) {
        boolean isDeletedAndHeld = given.deletion() == Deletion.DELETED && given.isHeldByAgent();

        if (given.bound() == Bound.BOUND && given.state() == State.GONE && isDeletedAndHeld) {
            assertThat(given.fate()).isInstanceOf(Action.RemoveFinalizer.class);
        }
    }

    @Property
    void forceMeansNothingToWhatIsNotDeleted(@ForAll("cases") Case given) {
        if (given.deletion() == Deletion.LIVES) {
            Case unforced =
                    new Case(given.state(), given.deletion(), given.held(), Force.ABSENT, given.where(), given.bound());

            assertThat(given.fate()).isEqualTo(unforced.fate());
        }
    }

    @Provide
    Arbitrary<Case> cases() {
        return Combinators.combine(
                        Arbitraries.of(State.class),
                        Arbitraries.of(Deletion.class),
                        Arbitraries.of(Held.class),
                        Arbitraries.of(Force.class),
                        Arbitraries.of(Where.class),
                        Arbitraries.of(Bound.BOUND, Bound.BOUND, Bound.UNBOUND, Bound.UNOBSERVED))
                .as(Case::new);
    }
}
