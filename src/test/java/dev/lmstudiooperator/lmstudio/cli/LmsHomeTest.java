package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LmsHomeTest {

    private final LmStudioFailure unreachable = new InfrastructureFailure(Kind.UNREACHABLE, "no answer");
    private final Path folder;

    LmsHomeTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void homeThatIsWholeExplainsNothing() throws IOException {
        Files.createDirectories(folder.resolve(".lmstudio/.internal"));

        assertThat(explain(unreachable)).isSameAs(unreachable);
    }

    @Test
    void fileInPlaceOfTheFolderIsTheCause() throws IOException {
        Files.createDirectory(folder.resolve(".lmstudio"));
        Files.createFile(folder.resolve(".lmstudio/.internal"));

        assertExplained("There is no folder " + folder.resolve(".lmstudio/.internal"));
    }

    @Test
    void homeWithoutLmStudioIsTheCause() {
        assertExplained("There is no folder " + folder.resolve(".lmstudio/.internal"));
    }

    @Test
    void whatLmStudioItselfSaysNeedsNoExplanation() {
        LmStudioFailure refused = new DomainFailure(DomainFailure.Kind.REFUSED, "no");
        LmStudioFailure late = new InfrastructureFailure(Kind.TIMED_OUT, "late");

        assertThat(explain(refused)).isSameAs(refused);
        assertThat(explain(late)).isSameAs(late);
    }

    private LmStudioFailure explain(LmStudioFailure failure) {
        return LmsResultClassifier.explain(failure, folder.resolve(".lmstudio/.internal/http-server.json"));
    }

    private void assertExplained(String words) {
        LmStudioFailure explained = explain(unreachable);

        assertThat(explained).isInstanceOfSatisfying(InfrastructureFailure.class, failure -> assertThat(failure.kind())
                .isEqualTo(Kind.CLI_NOT_USABLE));
        assertThat(explained.explanation()).contains(words, "lmstudio-operator.lms.home");
    }
}
