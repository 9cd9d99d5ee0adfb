package dev.lmstudiooperator.lmstudio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TextSanitizerTest {

    @Test
    void spinnersAndEscapesLeaveTheWords() {
        String spinner = "\u001b[?25l\rLoading \u001b[1mqwen\u001b[22m 37% \u2819\r\u001b[K\u001b[?25h\nError: no";

        assertThat(TextSanitizer.clean(spinner)).isEqualTo("Loading qwen 37% Error: no");
    }

    @Test
    void exceptionWithoutAMessageIsNamedByItsType() {
        assertThat(TextSanitizer.of(new IOException("no\nway"))).isEqualTo("no way");
        assertThat(TextSanitizer.of(new IOException())).isEqualTo("IOException");
        assertThat(TextSanitizer.of(new IOException(" "))).isEqualTo("IOException");
    }

    @Test
    void titlesOfTerminalsAndUnfinishedSequencesGo() {
        assertThat(TextSanitizer.clean("a\u001b]0;title\u0007b\u001b[")).isEqualTo("ab");
    }

    @Test
    void tokensAreNotShown() {
        assertThat(TextSanitizer.clean("token sk-lm-AbCd1234:0123456789abcdefghij is bad, Authorization: Bearer xyz"))
                .doesNotContain("AbCd1234")
                .doesNotContain("0123456789")
                .doesNotContain("xyz")
                .contains("[secret]");
    }

    @Test
    void tokenSplitByAnEscapeSequenceIsNotShown() {
        assertThat(TextSanitizer.clean("sk-\u001b[1mlm-AbCd1234:0123456789abcdefghij"))
                .doesNotContain("0123456789");
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        String cut = TextSanitizer.clean("x".repeat(510) + "😀😀😀");

        assertThat(cut).hasSizeLessThanOrEqualTo(TextSanitizer.MAX_LENGTH).endsWith("x…");
    }

    @Property
    void whateverComesOneShortPrintableLineGoes(@ForAll String text) {
        String line = TextSanitizer.clean(text);

        assertThat(line).hasSizeLessThanOrEqualTo(TextSanitizer.MAX_LENGTH);
        assertThat(line.codePoints().noneMatch(Character::isISOControl)).isTrue();
        assertThat(line).doesNotContain("\u202e").isEqualTo(line.strip());
    }
}
