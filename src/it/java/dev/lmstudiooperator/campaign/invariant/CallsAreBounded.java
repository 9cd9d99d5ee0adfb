package dev.lmstudiooperator.campaign.invariant;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The number of processes never exceeds the number that the backoff allows. */
final class CallsAreBounded implements Invariant {

    /** No scenario needs more loads, unloads or downloads under one name: a load, a reload and a last unload. */
    private static final int OF_A_SCENARIO = 3;

    /** The shortest pause after a failure. It doubles with each consecutive failure. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** Tolerance between the clocks of two processes. */
    private static final Duration TOLERANCE = Duration.ofMillis(300);

    /**
     * Reads follow events. An operation has two before it and two after it, each poll with a difference has one, and a check
     * can have one. The limit is forty for a scenario, ten more for each fault and each restart, and one per second.
     */
    private static final int READS_OF_A_SCENARIO = 40;

    private static final int READS_PER_DISTURBANCE = 10;

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
        int attempts = Long.SIZE - Long.numberOfLeadingZeros(seconds / FIRST_PAUSE.toSeconds());
        int most = OF_A_SCENARIO + attempts + evidence.disturbances() + evidence.restarts();
        return calls.size() <= most
                ? Stream.empty()
                : Stream.of(
                        "%s ran %d times in %d s, and %d are allowed".formatted(target, calls.size(), seconds, most));
    }

    /** Only a restarted agent does not know about the previous failure. */
    private static Stream<String> tooSoon(String target, List<JournalEntry> calls, Evidence evidence) {
        long hasty = IntStream.range(1, calls.size())
                .filter(i -> isHasty(calls.get(i - 1), calls.get(i)))
                .count();
        return hasty <= evidence.restarts()
                ? Stream.empty()
                : Stream.of("%s was repeated %d times without a pause, after %d restarts"
                        .formatted(target, hasty, evidence.restarts()));
    }

    private static boolean isHasty(JournalEntry failed, JournalEntry next) {
        return failed.effects().isEmpty()
                && failed.endedAt()
                        .filter(end -> next.startedAt().isBefore(end.plus(FIRST_PAUSE.minus(TOLERANCE))))
                        .isPresent();
    }

    private static String target(JournalEntry call) {
        String word = call.argv().get(0);
        return "lms " + word + " " + (word.equals("get") ? call.argv().get(1) : Evidence.identifierOf(call));
    }

    private static Stream<String> tooManyReads(Evidence evidence) {
        long seconds = evidence.duration().toSeconds();
        long most = READS_OF_A_SCENARIO
                + (long) READS_PER_DISTURBANCE * (evidence.disturbances() + evidence.restarts())
                + seconds;
        long reads = Stream.of("ps", "ls", "server", "version")
                .mapToLong(word -> evidence.journal().calls(word).size())
                .sum();
        return reads <= most
                ? Stream.empty()
                : Stream.of("lms was asked %d times in %d s, and %d are allowed".formatted(reads, seconds, most));
    }
}
