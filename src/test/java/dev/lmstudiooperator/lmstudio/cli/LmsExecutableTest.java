package dev.lmstudiooperator.lmstudio.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LmsExecutableTest {

    private final Path folder;

    LmsExecutableTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void programOfOneUserIsAccepted() throws IOException {
        Path lms = lms("rwxr-xr-x");

        assertThatCode(() -> new LmsExecutable(lms).verify()).doesNotThrowAnyException();
    }

    @Test
    void linkIsFollowed() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), lms("rwxrwxr-x"));

        assertFails(link, "CLI_NOT_USABLE").hasMessageContaining("chmod go-w " + folder.toRealPath());
    }

    @Test
    void programThatOthersCanReplaceIsRefused() throws IOException {
        assertFails(lms("rwxr-xrwx"), "CLI_NOT_USABLE").hasMessageContaining("rwxr-xrwx");
    }

    @Test
    void programThatMayNotBeExecutedIsRefused() throws IOException {
        assertFails(lms("rw-r--r--"), "CLI_NOT_USABLE").hasMessageContaining("chmod u+x");
    }

    @Test
    void missingProgramIsReportedWithItsPath() {
        assertFails(folder.resolve("none"), "CLI_MISSING").hasMessageContaining("There is no lms at " + folder);
    }

    @Test
    void programBelowAFileCannotBeReached() throws IOException {
        assertFails(lms("rwxr-xr-x").resolve("lms"), "CLI_NOT_USABLE").hasMessageContaining("Not a directory");
    }

    @Test
    void replacedProgramHasAnotherStamp() throws IOException {
        Path lms = lms("rwxr-xr-x");
        LmsExecutable executable = new LmsExecutable(lms);
        String before = executable.stamp();
        assertThat(executable.stamp()).isEqualTo(before);

        Path update = Files.writeString(folder.resolve("update"), Files.readString(lms));
        Files.move(update, lms, StandardCopyOption.REPLACE_EXISTING);

        assertThat(executable.stamp()).isNotEqualTo(before).isNotEmpty();
        Files.delete(lms);
        assertThat(executable.stamp()).isEmpty();
    }

    @Test
    void folderIsNoProgram() {
        assertFails(folder, "CLI_NOT_USABLE").hasMessageContaining("not a regular file");
    }

    @Test
    void linkInACircleIsRefused() throws IOException {
        Path link = folder.resolve("circle");
        Files.createSymbolicLink(link, link);

        assertFails(link, "CLI_NOT_USABLE");
    }

    @Test
    void relativePathIsAMistakeOfTheConfiguration() {
        Path relative = Path.of("lms");

        assertThatThrownBy(() -> new LmsExecutable(relative)).isInstanceOf(IllegalArgumentException.class);
    }

    private Path lms(String permissions) throws IOException {
        Path lms = Files.writeString(folder.resolve("lms"), "#!/bin/sh\n");
        return Files.setPosixFilePermissions(lms, PosixFilePermissions.fromString(permissions));
    }

    private static AbstractThrowableAssert<?, ?> assertFails(Path path, String kind) {
        return assertThatThrownBy(() -> new LmsExecutable(path).verify())
                .isInstanceOfSatisfying(
                        InfrastructureFailure.class,
                        failure -> assertThat(failure.kind().name()).isEqualTo(kind));
    }
}
