package dev.lmstudiooperator.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

    private final Path parent;
    private final Path path;
    private final StateDirectory folder;

    StateDirectoryTest(@TempDir Path directory) {
        this.parent = directory.resolve("made");
        this.path = parent.resolve("on-demand");
        this.folder = new StateDirectory(path);
    }

    @AfterEach
    void unlock() throws IOException {
        folder.close();
    }

    @Test
    void lockedDirectoryNamesTheProcess() throws IOException {
        folder.tryLock();

        assertThat(folder.path()).isEqualTo(path);
        assertThat(path.resolve("lock"))
                .content()
                .startsWith("PID " + ProcessHandle.current().pid());
    }

    @Test
    void takenDirectoryNamesTheProcess() throws IOException {
        folder.tryLock();

        try (StateDirectory second = new StateDirectory(path)) {
            assertThat(second.tryLock()).isEqualTo(new StateDirectory.Taken(StateDirectory.OwnProcess.description()));
        }
    }

    @Test
    void folderIsLockedOnce() throws IOException {
        folder.tryLock();

        try (StateDirectory second = new StateDirectory(path)) {
            assertThat(second.tryLock()).isInstanceOf(StateDirectory.Taken.class);
        }
    }

    @Test
    void folderIsFreeWhenItsOwnerIsGone() throws IOException {
        folder.tryLock();
        folder.close();

        try (StateDirectory second = new StateDirectory(path)) {
            assertThat(second.tryLock()).isInstanceOf(StateDirectory.Locked.class);
        }
    }

    @Test
    void idOutlivesTheProcess() throws IOException {
        String id = holder();
        folder.close();

        assertThat(holder()).isEqualTo(id);
    }

    @Test
    void folderThatCannotBeMadeIsUnusable() throws IOException {
        Files.createDirectories(parent);
        Files.writeString(path, "a file");

        assertThat(folder.tryLock())
                .asInstanceOf(type(StateDirectory.Unusable.class))
                .satisfies(unusable -> assertThat(unusable.why()).contains(path.toString()));
    }

    /** The agent retries the lock, so a failed attempt must not block the next one. */
    @Test
    void idThatCannotBeWrittenMakesTheFolderUnusableUntilItCan() throws IOException {
        Path inTheWay = path.resolve("holder/something");
        Files.createDirectories(inTheWay);
        assertThat(folder.tryLock()).isInstanceOf(StateDirectory.Unusable.class);
        assertThat(folder.tryLock()).isInstanceOf(StateDirectory.Unusable.class);

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());

        assertThat(folder.tryLock()).isInstanceOf(StateDirectory.Locked.class);
    }

    private String holder() {
        return ((StateDirectory.Locked) folder.tryLock()).holder();
    }
}
