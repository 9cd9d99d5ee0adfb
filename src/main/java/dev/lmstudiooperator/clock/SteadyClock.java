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
 * Provides the time inside a process. The clock starts at the wall time and then advances at a constant pace, whatever
 * happens to the wall clock. It orders and measures everything inside the process. Users and other processes see wall
 * time.
 */
public final class SteadyClock implements InstantSource {

    /** Deviation of the wall clock that does not count as a change. */
    static final Duration TOLERANCE = Duration.ofSeconds(1);

    private static final int MOST_REMEMBERED = 100;

    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final Instant start;
    private final long startNanos;

    /** From the oldest to the current one; never empty. */
    private volatile List<Setting> settings;

    /**
     * One setting of the wall clock.
     *
     * @param since when the setting was noticed, in steady time
     * @param offset added to a steady time, gives the wall time
     */
    private record Setting(Instant since, Duration offset) {}

    /**
     * @param wall may change at any time
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

    /** Converts a steady time to wall time with the current setting of the wall clock. */
    public Instant wall(Instant steady) {
        return steady.plus(offset());
    }

    /** The difference between wall time and steady time. It changes only when the wall clock is set. */
    public Duration offset() {
        return present().offset();
    }

    /** When the last change of the wall clock was noticed, in steady time; {@link #start()} if there was none. */
    public Instant setAt() {
        return present().since();
    }

    /** When this clock was created, in steady time. Earlier times cannot be compared. */
    public Instant start() {
        return start;
    }

    /**
     * The steady time at which the wall clock of this machine first showed {@code wallTime}. Empty if that time is in the
     * future: the clock of the writer or of this machine is wrong.
     */
    public Optional<Instant> earliest(Instant wallTime) {
        return shown(wallTime).min(Comparator.naturalOrder());
    }

    /** The last such time: a clock that was set back shows the same time again. */
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
        // A skipped time was shown before the change was noticed, or never.
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
