package dev.lmstudiooperator.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lease.LeaseInMemory;
import dev.lmstudiooperator.lease.LeaseInMemory.Fault;
import dev.lmstudiooperator.lease.LeaseRenewer;
import dev.lmstudiooperator.lease.PassingTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Tests agents with the same node name, unsynchronized clocks and lost requests. A failure prints its seed. */
class RivalsTest {

    private static final List<Duration> DURATIONS =
            List.of(Duration.ofSeconds(40), Duration.ofSeconds(4), Duration.ofMillis(12_300));

    /** An attempt of one agent, after a delay. */
    record Attempt(int who, Duration after, Duration eachWay, Fault fault, Duration clockIsSetBy) {}

    /** One of the agents, on its own machine. */
    private static final class Agent {

        private final PassingTime time = new PassingTime();
        private final LeaseRenewer syncer;
        private final LeaseState state;

        Agent(int number, LeaseInMemory store) {
            Duration duration = DURATIONS.get(number);
            syncer = LeaseInMemory.syncer(store, "agent-" + number, duration, time);
            state = new LeaseState(duration, time.clock());
        }

        void attempt() {
            state.record(syncer.attempt(), "lease");
        }

        /** Whether this agent considers itself the holder. It must never be wrong. */
        boolean isSureToHoldIt() {
            LeaseStatus leaseStatus = state.leaseStatus();
            return leaseStatus.isHeld() && !leaseStatus.isExpired();
        }
    }

    private Duration eachWay = Duration.ZERO;
    private final LeaseInMemory store = new LeaseInMemory(() -> pass(eachWay));
    private final List<Agent> agents = IntStream.range(0, DURATIONS.size())
            .mapToObj(number -> new Agent(number, store))
            .toList();

    @Property(tries = 5_000)
    void noTwoAreSureToHoldTheLease(@ForAll("attempts") List<Attempt> attempts) {
        attempts.forEach(attempt -> {
            execute(attempt);

            assertThat(agents.stream().filter(Agent::isSureToHoldIt)).hasSizeLessThanOrEqualTo(1);
        });
    }

    @Property(tries = 1_000)
    void whoGoesOnAloneHoldsItInTheEnd(@ForAll("attempts") List<Attempt> attempts) {
        attempts.forEach(this::execute);
        Agent last = agents.getFirst();
        store.setFault(Fault.NONE);
        eachWay = Duration.ZERO;

        for (Duration waited = Duration.ZERO;
                waited.compareTo(Duration.ofSeconds(50)) <= 0;
                waited = waited.plusSeconds(1)) {
            pass(Duration.ofSeconds(1));
            last.attempt();
        }

        assertThat(last.isSureToHoldIt()).isTrue();
    }

    private void execute(Attempt attempt) {
        pass(attempt.after());
        Agent agent = agents.get(attempt.who());
        agent.time.setClock(attempt.clockIsSetBy());
        store.setFault(attempt.fault());
        eachWay = attempt.eachWay();
        agent.attempt();
    }

    private void pass(Duration time) {
        agents.forEach(agent -> agent.time.pass(time));
    }

    @Provide
    Arbitrary<List<Attempt>> attempts() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, DURATIONS.size() - 1),
                        Arbitraries.of(0, 1, 900, 3_999, 4_000, 11_000, 13_000, 39_999, 40_000, 90_000)
                                .map(Duration::ofMillis),
                        Arbitraries.of(0, 0, 700, 5_000).map(Duration::ofMillis),
                        Arbitraries.frequency(
                                Tuple.of(6, Fault.NONE),
                                Tuple.of(1, Fault.REQUEST_IS_LOST),
                                Tuple.of(1, Fault.ANSWER_IS_LOST)),
                        Arbitraries.of(0, 0, 0, -7_200, 100_000).map(Duration::ofSeconds))
                .as(Attempt::new)
                .list()
                .ofMaxSize(60);
    }
}
