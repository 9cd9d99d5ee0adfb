package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code lms} executable. The operator verifies it before each call, at a negligible cost compared to the start of
 * the process.
 */
record LmsExecutable(Path path) {

    LmsExecutable {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("The lms executable is named by its absolute path, not '" + path + "'");
        }
    }

    void verify() throws InfrastructureFailure {
        Path file = resolve();
        if (!Files.isRegularFile(file)) {
            throw notUsable("is not a regular file", "name the lms program itself", null);
        }
        if (!Files.isExecutable(file)) {
            throw notUsable("may not be executed by this user", "chmod u+x " + file, null);
        }
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(file);
        } catch (IOException e) {
            throw notUsable("cannot be checked", "check the file system", e);
        }
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw notUsable(
                    "can be replaced by other users (" + PosixFilePermissions.toString(permissions) + ")",
                    "chmod go-w " + file,
                    null);
        }
    }

    /** Returns a value that identifies the file and its location. Empty if the file does not exist. */
    String stamp() {
        try {
            Path file = path.toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return "%s %s %d %s"
                    .formatted(file, attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        } catch (IOException e) {
            return "";
        }
    }

    private Path resolve() throws InfrastructureFailure {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            throw new InfrastructureFailure(
                    Kind.CLI_MISSING,
                    "There is no lms at %s: install LM Studio for this user, or configure where its lms is"
                            .formatted(path),
                    e);
        } catch (IOException e) {
            throw notUsable("cannot be reached (" + TextSanitizer.of(e) + ")", "check the folders above it", e);
        }
    }

    private InfrastructureFailure notUsable(String what, String advice, @Nullable Throwable cause) {
        return new InfrastructureFailure(
                Kind.CLI_NOT_USABLE, "The lms executable %s %s: %s".formatted(path, what, advice), cause);
    }
}
