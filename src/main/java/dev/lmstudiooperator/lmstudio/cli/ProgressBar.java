package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses the progress bar that {@code lms get} redraws twenty times per second:
 * {@code [████      ] 40.00% | 800.00 MB / 2.00 GB | 500.00 MB/s | ETA 00:02}. The bar is intended for users, so an
 * unreadable bar is not a failure.
 */
final class ProgressBar {

    private static final String SIZE = "(\\d{1,6}(?:\\.\\d{1,3})?) ?(B|[KMGT]B|bytes)";

    /** The bracket prevents a match on the rest of a truncated number, such as 0.00% of 100.00%. */
    private static final Pattern FRAME = Pattern.compile(
            "\\] {1,3}(?<percent>\\d{1,3})(?:\\.\\d{1,3})?%(?: {1,3}\\| {1,12}" + SIZE + " {1,3}/ {1,12}" + SIZE
                    + "(?= ))?",
            Pattern.CASE_INSENSITIVE);

    /** The sequence that moves the cursor back to the start of the frame. */
    private static final String END_OF_FRAME = "\u001b[u";

    private static final int DOWNLOADED = 2;
    private static final int TOTAL = 4;

    private ProgressBar() {}

    /** Returns the last complete frame. Empty if there is none. */
    static Optional<DownloadProgress> lastIn(String output) {
        int end = output.lastIndexOf(END_OF_FRAME);
        Matcher frame = FRAME.matcher(TextSanitizer.withoutEscapes(end < 0 ? output : output.substring(0, end)));
        DownloadProgress last = null;
        while (frame.find()) {
            DownloadProgress progress = progress(frame);
            last = progress == null ? last : progress;
        }
        return Optional.ofNullable(last);
    }

    private static @Nullable DownloadProgress progress(Matcher frame) {
        int percent = Integer.parseInt(frame.group("percent"));
        if (percent > 100) {
            return null;
        }
        Long downloaded = bytes(frame, DOWNLOADED);
        Long total = bytes(frame, TOTAL);
        return downloaded == null || total == null || downloaded > total
                ? new DownloadProgress(percent, null, null)
                : new DownloadProgress(percent, downloaded, total);
    }

    private static @Nullable Long bytes(Matcher frame, int group) {
        String number = frame.group(group);
        return number == null
                ? null
                : (Long) new BigDecimal(number)
                        .multiply(unit(frame.group(group + 1)))
                        .longValue();
    }

    private static BigDecimal unit(String name) {
        return BigDecimal.TEN.pow(
                switch (name.charAt(0)) {
                    case 'k', 'K' -> 3;
                    case 'm', 'M' -> 6;
                    case 'g', 'G' -> 9;
                    case 't', 'T' -> 12;
                    default -> 0;
                });
    }
}
