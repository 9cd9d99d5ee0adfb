package dev.lmstudiooperator.clock;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The clock of a process. It begins with the time of the wall clock, and then runs on at the same pace whatever happens to
 * the wall clock. Everything inside a process is ordered and measured by it. What people and other processes read is in
 * wall time.
 */
public final class SteadyClock implements InstantSource {

    /** The wall clock may run ahead or behind by as much before it counts as set. */
    static final Duration TOLERANCE = Duration.ofSeconds(1);

    private static final int MOST_REMEMBERED = 100;

    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final Instant start;
    private final long startNanos;

    /** From the oldest to the present one; never empty. */
    private volatile List<Setting> settings;

    /**
     * How the wall clock is set.
     *
     * @param since when that was noticed, by the steady clock
     * @param offset what must be added to a steady time to get the wall time
     */
    private record Setting(Instant since, Duration offset) {}

    /**
     * @param wall may be set at any time
     * @param nanoTime such as {@code System::nanoTime}
     */
    public SteadyClock(InstantSource wall, LongSupplier nanoTime) {
        this(wall, wall.instant(), nanoTime);
    }

    SteadyClock(InstantSource wall, Instant start, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.start = start;
        this.startNanos = nanoTime.getAsLong();
        this.settings = List.of(new Setting(start, Duration.between(start, wall.instant())));
    }

    public static SteadyClock ofThisMachine() {
        return new SteadyClock(InstantSource.system(), System::nanoTime);
    }

    /** The steady time. */
    @Override
    public Instant instant() {
        return start.plusNanos(nanoTime.getAsLong() - startNanos);
    }

    /** The wall time. */
    public Instant wall() {
        return wall(instant());
    }

    /** The wall time of a steady time, as the wall clock is set now. */
    public Instant wall(Instant steady) {
        return steady.plus(offset());
    }

    /** What must be added to a steady time to get the wall time. It changes only when the wall clock is set. */
    public Duration offset() {
        return present().offset();
    }

    /** When it was noticed that the wall clock had been set; when this clock was made, if it never was. */
    public Instant setAt() {
        return present().since();
    }

    /** When this clock was made, by the steady clock: nothing that it could compare was before. */
    public Instant start() {
        return start;
    }

    /**
     * When the wall clock of this machine first showed that time. Empty when that is still to come: whoever wrote it had a
     * clock that is wrong, or ours is.
     */
    public Optional<Instant> earliest(Instant wallTime) {
        return shown(wallTime).min(Comparator.naturalOrder());
    }

    /** The same, when it last showed it: one that was set back shows times again. */
    public Optional<Instant> latest(Instant wallTime) {
        return shown(wallTime).max(Comparator.naturalOrder());
    }

    private Stream<Instant> shown(Instant wallTime) {
        Setting last = present();
        Instant now = instant();
        List<Setting> known = settings;
        List<Instant> shown = IntStream.range(0, known.size())
                .filter(i -> isShown(wallTime, known, i))
                .mapToObj(i -> wallTime.minus(known.get(i).offset()))
                .toList();
        // What it skipped was shown before it was noticed that it had been set, or never.
        return (shown.isEmpty() ? Stream.of(wallTime.minus(last.offset())) : shown.stream())
                .filter(time -> !time.isAfter(now.plus(TOLERANCE)))
                .map(time -> time.isAfter(now) ? now : time);
    }

    private static boolean isShown(Instant wallTime, List<Setting> settings, int i) {
        Instant time = wallTime.minus(settings.get(i).offset());
        boolean hasBegun = i == 0 || !time.isBefore(settings.get(i).since());
        boolean isOver =
                i + 1 < settings.size() && !time.isBefore(settings.get(i + 1).since());
        return hasBegun && !isOver;
    }

    private Setting present() {
        Instant now = instant();
        Duration offset = Duration.between(now, wall.instant());
        List<Setting> known = settings;
        Setting last = known.get(known.size() - 1);
        return last.offset().minus(offset).abs().compareTo(TOLERANCE) <= 0 ? last : set(new Setting(now, offset));
    }

    private synchronized Setting set(Setting changed) {
        List<Setting> known = settings;
        Setting last = known.get(known.size() - 1);
        if (last.offset().minus(changed.offset()).abs().compareTo(TOLERANCE) <= 0) {
            return last;
        }
        settings = Stream.concat(
                        known.stream().skip(Math.max(0, known.size() - MOST_REMEMBERED + 1)), Stream.of(changed))
                .toList();
        return changed;
    }
}
