package dev.lmstudiooperator.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Detects on Linux that mounted folders were replaced. A mount keeps the folder that existed when it was created. If
 * that folder is deleted or moved, for example by a new installation, the mount still shows the old one.
 */
final class MountedFolders {

    /**
     * Lines are {@code <id> <parent> <device> <root> <mount point> …}. The kernel reports the current name of the root.
     */
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private static final int ROOT = 3;
    private static final int MOUNT_POINT = 4;

    private final Path mounts;
    private final List<Path> folders;
    private final Map<Path, String> atFirst;

    MountedFolders(List<Path> folders) {
        this(MOUNTS, folders);
    }

    MountedFolders(Path mounts, List<Path> folders) {
        this.mounts = mounts;
        this.folders = folders;
        this.atFirst = roots();
    }

    /** Returns the mount points whose folder was replaced or is gone. */
    List<Path> stale() {
        Map<Path, String> now = roots();
        return atFirst.entrySet().stream()
                .filter(mount ->
                        now.containsKey(mount.getKey()) && !mount.getValue().equals(now.get(mount.getKey())))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /**
     * Maps the mount point at each folder, or nearest above it, to its root. Empty if the mounts file is not readable.
     */
    private Map<Path, String> roots() {
        Map<Path, String> roots = new HashMap<>();
        if (!Files.isReadable(mounts)) {
            return roots;
        }
        try (Stream<String> lines = Files.lines(mounts)) {
            Map<Path, String> all = new HashMap<>();
            lines.map(line -> line.split(" "))
                    .filter(fields -> fields.length > MOUNT_POINT)
                    .forEach(fields -> all.put(Path.of(fields[MOUNT_POINT]), fields[ROOT]));
            for (Path folder : folders) {
                for (Path above = folder; above != null; above = above.getParent()) {
                    String root = all.get(above);
                    if (root != null) {
                        roots.put(above, root);
                        break;
                    }
                }
            }
            return roots;
        } catch (IOException e) {
            return roots;
        }
    }
}
