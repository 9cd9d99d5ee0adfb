package dev.lmstudiooperator.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the ID of an agent in its state directory. */
class HolderIdTest {

    private final Path folder;
    private final Path path;
    private final StateDirectory directory;

    HolderIdTest(@TempDir Path folder) {
        this.folder = folder;
        this.path = folder.resolve("holder");
        this.directory = new StateDirectory(folder);
    }

    @AfterEach
    void unlock() throws IOException {
        directory.close();
    }

    @Test
    void idIsMadeOnce() {
        String id = read();

        assertThat(read()).isEqualTo(id);
        assertThat(UUID.fromString(id)).hasToString(id);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("holder", "lock");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "gpu-1", "123e4567-e89b-12d3-a456-42661417400", "123E4567-E89B-12D3-A456-426614174000"
            })
    void invalidIdIsReplaced(String content) throws IOException {
        Files.writeString(path, content);

        String id = read();

        assertThat(id).isNotEqualTo(content);
        assertThat(path).hasContent(id);
    }

    @Test
    void bytesThatAreNoTextAreReplaced() throws IOException {
        Files.write(path, new byte[] {(byte) 0xff, 0, 1});

        assertThat(read()).isEqualTo(Files.readString(path).strip());
    }

    @Test
    void manuallyWrittenIdMayEndWithoutALineBreak() throws IOException {
        Files.writeString(path, "123e4567-e89b-12d3-a456-426614174000");

        assertThat(read()).isEqualTo("123e4567-e89b-12d3-a456-426614174000");
    }

    private String read() {
        return ((StateDirectory.Locked) directory.tryLock()).holder();
    }
}
