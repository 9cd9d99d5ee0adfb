package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The number of processes never exceeds the number that the backoff allows. */
final class CallsAreBounded implements Invariant {

    /** No scenario needs more loads, unloads or downloads for one name: a load, a reload and a final unload. */
    private static final int CHANGES_PER_SCENARIO = 3;

    /** The delay after the first failure. It doubles with each consecutive failure. */
    private static final Duration INITIAL_BACKOFF = Duration.ofSeconds(1);

    /** Tolerance between the clocks of two processes. */
    private static final Duration TOLERANCE = Duration.ofMillis(300);

    /**
     * Events cause reads. An operation causes two reads before it and two after it, each poll with a difference causes one,
     * and a verification can cause one. The limit is forty per scenario, ten more per fault and restart, and one per second.
     */
    private static final int READS_PER_SCENARIO = 40;

    private static final int READS_PER_FAULT = 10;

    @Override
    public Stream<String> violations(Evidence evidence) {
        return Stream.concat(tooManyChanges(evidence), tooManyReads(evidence));
    }

    private static Stream<String> tooManyChanges(Evidence evidence) {
        return Stream.of("load", "unload", "get")
                .flatMap(word -> evidence.journal().calls(word).stream())
                .collect(Collectors.groupingBy(CallsAreBounded::target))
                .entrySet()
                .stream()
                .flatMap(entry -> Stream.concat(
                        tooMany(entry.getKey(), entry.getValue(), evidence),
                        tooSoon(entry.getKey(), entry.getValue(), evidence)));
    }

    private static Stream<String> tooMany(String target, List<JournalEntry> calls, Evidence evidence) {
        long seconds = evidence.duration().toSeconds();
        int attempts = Long.SIZE - Long.numberOfLeadingZeros(seconds / INITIAL_BACKOFF.toSeconds());
        int limit = CHANGES_PER_SCENARIO + attempts + evidence.injectedFaults() + evidence.restarts();
        return calls.size() <= limit
                ? Stream.empty()
                : Stream.of(
                        "%s ran %d times in %d s, and %d are allowed".formatted(target, calls.size(), seconds, limit));
    }

    /** Allows one repetition per restart, because a restarted agent has no record of the previous failure. */
    private static Stream<String> tooSoon(String target, List<JournalEntry> calls, Evidence evidence) {
        long repetitions = IntStream.range(1, calls.size())
                .filter(i -> isTooSoon(calls.get(i - 1), calls.get(i)))
                .count();
        return repetitions <= evidence.restarts()
                ? Stream.empty()
                : Stream.of("%s was repeated %d times without backoff, after %d restarts"
                        .formatted(target, repetitions, evidence.restarts()));
    }

    private static boolean isTooSoon(JournalEntry failed, JournalEntry next) {
        return failed.effects().isEmpty()
                && failed.endedAt()
                        .filter(end -> next.startedAt().isBefore(end.plus(INITIAL_BACKOFF.minus(TOLERANCE))))
                        .isPresent();
    }

    private static String target(JournalEntry call) {
        String word = call.argv().get(0);
        return "lms " + word + " " + (word.equals("get") ? call.argv().get(1) : Evidence.identifierOf(call));
    }

    private static Stream<String> tooManyReads(Evidence evidence) {
        long seconds = evidence.duration().toSeconds();
        long limit = READS_PER_SCENARIO
                + (long) READS_PER_FAULT * (evidence.injectedFaults() + evidence.restarts())
                + seconds;
        long reads = Stream.of("ps", "ls", "server", "version")
                .mapToLong(word -> evidence.journal().calls(word).size())
                .sum();
        return reads <= limit
                ? Stream.empty()
                : Stream.of(
                        "lms read commands ran %d times in %d s, and %d are allowed".formatted(reads, seconds, limit));
    }
}
