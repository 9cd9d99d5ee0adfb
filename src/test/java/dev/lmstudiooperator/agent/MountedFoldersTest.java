package dev.lmstudiooperator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountedFoldersTest {

    private static final Path BIN = Path.of("/home/lmstudio/.lmstudio/bin");
    private static final Path INTERNAL = Path.of("/home/lmstudio/.lmstudio/.internal");

    private final Path mounts;

    MountedFoldersTest(@TempDir Path folder) {
        this.mounts = folder.resolve("mountinfo");
    }

    @BeforeEach
    void mount() throws IOException {
        write("/srv/.lmstudio/bin", "/srv/.lmstudio/.internal");
    }

    @Test
    void nothingIsStaleWhileTheMountsStandAsTheyStood() throws IOException {
        MountedFolders folders = new MountedFolders(mounts, List.of(BIN, INTERNAL));
        Files.writeString(mounts, Files.readString(mounts) + "99 1 0:9 / /elsewhere rw - tmpfs tmpfs rw\n");

        assertThat(folders.stale()).isEmpty();
    }

    @Test
    void deletedFolderIsStale() throws IOException {
        MountedFolders folders = new MountedFolders(mounts, List.of(BIN, INTERNAL));
        write("/srv/.lmstudio/bin//deleted", "/srv/.lmstudio/.internal");

        assertThat(folders.stale()).containsExactly(BIN);
        assertThat(AgentHealthChecks.mounts(folders.stale()).getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
    }

    @Test
    void folderThatWasMovedAwayIsStale() throws IOException {
        MountedFolders folders = new MountedFolders(mounts, List.of(BIN, INTERNAL));
        write("/srv/.lmstudio.old/bin", "/srv/.lmstudio.old/.internal");

        assertThat(folders.stale()).containsExactly(INTERNAL, BIN);
    }

    /** A configured folder can be below the mount point. */
    @Test
    void mountAboveTheFolderCounts() throws IOException {
        MountedFolders folders = new MountedFolders(mounts, List.of(BIN.resolve("deeper")));
        write("/srv/.lmstudio.old/bin", "/srv/.lmstudio/.internal");

        assertThat(folders.stale()).containsExactly(BIN);
    }

    @Test
    void systemWithoutSuchAFileHasNothingStale() throws IOException {
        Files.delete(mounts);

        assertThat(new MountedFolders(mounts, List.of(BIN)).stale()).isEmpty();
    }

    private void write(String bin, String internal) throws IOException {
        Files.writeString(mounts, """
                        21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
                        36 21 8:1 %s %s rw,relatime - ext4 /dev/sda1 rw
                        37 21 8:1 %s %s rw,relatime - ext4 /dev/sda1 rw
                        """.formatted(bin, BIN, internal, INTERNAL));
    }
}
