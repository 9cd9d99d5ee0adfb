package dev.lmstudiooperator.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolderIdFileTest {

    private final Path folder;
    private final Path path;
    private final HolderIdFile file;

    HolderIdFileTest(@TempDir Path folder) {
        this.folder = folder;
        this.path = folder.resolve("holder");
        this.file = new HolderIdFile(path);
    }

    @Test
    void idIsMadeOnce() throws IOException {
        String id = file.read();

        assertThat(file.read()).isEqualTo(id);
        assertThat(UUID.fromString(id)).hasToString(id);
        assertThat(folder.toFile().list()).containsExactly("holder");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "gpu-1", "123e4567-e89b-12d3-a456-42661417400", "123E4567-E89B-12D3-A456-426614174000"
            })
    void whatIsNoIdIsReplacedByOne(String content) throws IOException {
        Files.writeString(path, content);

        String id = file.read();

        assertThat(id).isNotEqualTo(content);
        assertThat(path).hasContent(id);
    }

    @Test
    void bytesThatAreNoTextAreReplaced() throws IOException {
        Files.write(path, new byte[] {(byte) 0xff, 0, 1});

        assertThat(file.read()).isEqualTo(Files.readString(path).strip());
    }

    @Test
    void idThatAPersonWroteMayEndWithoutALineBreak() throws IOException {
        Files.writeString(path, "123e4567-e89b-12d3-a456-426614174000");

        assertThat(file.read()).isEqualTo("123e4567-e89b-12d3-a456-426614174000");
    }
}
