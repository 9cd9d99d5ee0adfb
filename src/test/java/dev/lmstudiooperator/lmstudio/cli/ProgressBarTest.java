package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the progress bar of {@code lms get} is parsed, and that no input causes harm. */
class ProgressBarTest {

    private static final String PLAN = """
            \u001b[?25l\r   ⧗ qwen/qwen3-14b - Pending...\u001b[0K
            \r⠧ Resolving download plan... (2.00 GB)\u001b[0K
            \r   ↓ To download: model qwen/qwen3-14b - 1.00 KB\u001b[0K
            \r   └─ ↓ To download: qwen/qwen3-14b Q4_K_M [GGUF] - 2.00 GB\u001b[0K
            \rResolution completed. Downloading 2.00 GB...\u001b[0K
            \u001b[?25h""";

    @Test
    void planIsNoProgress() {
        assertThat(ProgressBar.lastIn(PLAN)).isEmpty();
    }

    @Test
    void firstFrameHasNoSizes() {
        assertThat(ProgressBar.lastIn(PLAN + frame("▏                     ", "0.00%")))
                .contains(new DownloadProgress(0, null, null));
    }

    @Test
    void lastFrameCounts() {
        String output = PLAN
                + frame("▏                     ", "0.00%")
                + frame("████▌                 ", "20.00% | 400.00 MB / 2.00 GB | 500.00 MB/s | ETA 00:03")
                + frame("█████████████████▋    ", "80.99% |   1.60 GB / 2.00 GB | 500.00 MB/s | ETA 00:01")
                + "\u001b[2K\u001b[1G\u001b[?25h";

        assertThat(ProgressBar.lastIn(output)).contains(new DownloadProgress(80, 1_600_000_000L, 2_000_000_000L));
    }

    @ParameterizedTest
    @CsvSource({
        "0.00% | 0 B / 999 B, 0, 0, 999",
        "1.00% | 5 bytes / 500 bytes, 1, 5, 500",
        "50.00% | 1.50 KB / 3.00 KB, 50, 1500, 3000",
        "7.25% | 61.48 GB / 0.84 TB, 7, 61480000000, 840000000000",
        "100.00% | 2 GB / 2 GB, 100, 2000000000, 2000000000"
    })
    void unitsAreDecimal(String text, int percent, long downloaded, long total) {
        assertThat(ProgressBar.lastIn(frame("█", text))).contains(new DownloadProgress(percent, downloaded, total));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "40.00% | 3.00 GB / 2.00 GB | more than there is",
                "40.00% | 1,00 GB / 2,00 GB",
                "40.00% | 800.00 MiB / 2.00 GiB",
                "40.00% | ETA 00:03",
                "40% "
            })
    void sizesThatMakeNoSenseAreLeftOut(String text) {
        assertThat(ProgressBar.lastIn(frame("█", text))).contains(new DownloadProgress(40, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "101.00% ", "999% | 1 B / 2 B", "NaN%", "-1.00%", "% | /", "12345.00%"})
    void frameWithoutAPercentageIsNone(String text) {
        assertThat(ProgressBar.lastIn(frame("█", text))).isEmpty();
    }

    @Property
    void wholeFramesAreReadWhereverTheTextIsCut(
            @ForAll @IntRange(min = 0, max = 400) int from, @ForAll @IntRange(min = 0, max = 400) int length) {
        StringBuilder output = new StringBuilder();
        for (int action = 0; action <= 5; action++) {
            output.append(frame(
                    "█".repeat(action),
                    "%d.00%% | %3d.00 MB / 500.00 MB | 500.00 MB/s | ETA 00:0%d"
                            .formatted(action * 20, action * 100, 5 - action)));
        }
        int start = Math.min(from, output.length());
        String cut = output.substring(start, Math.min(start + length, output.length()));

        Optional<DownloadProgress> progress = ProgressBar.lastIn(cut);

        progress.ifPresent(seen -> assertThat(seen)
                .isIn(
                        new DownloadProgress(seen.percent(), null, null),
                        new DownloadProgress(seen.percent(), seen.percent() * 5_000_000L, 500_000_000L)));
        progress.ifPresent(seen -> assertThat(seen.percent() % 20).isZero());
    }

    @Property
    void anyPercentageIsRounded(@ForAll @IntRange(min = 0, max = 10_000) int hundredths) {
        String text = String.format(Locale.ROOT, "%.2f%%", hundredths / 100.0);

        assertThat(ProgressBar.lastIn(frame("█", text)))
                .map(DownloadProgress::percent)
                .contains(hundredths / 100);
    }

    @Property
    void garbageDoesNoHarm(@ForAll String garbage) {
        assertThatCode(() -> ProgressBar.lastIn("] " + garbage + "% | " + garbage))
                .doesNotThrowAnyException();
    }

    private static String frame(String bar, String text) {
        return "\u001b[?25l\u001b[s\r⠹ [" + bar + "] " + text + "          \u001b[u";
    }
}
