package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Checks whether this process can read the file in which LM Studio writes its port. If {@code lms} cannot find the
 * file, it reports only that LM Studio is not running. The cause may instead be another home, a missing mount, or the
 * permissions of another user.
 */
record LmsHome(Path apiServerInfo) {

    /** Returns the failure, or the cause that the folder of the file reveals. */
    LmStudioFailure explain(LmStudioFailure failure) {
        return failure.is(Kind.UNREACHABLE)
                ? obstacle().<LmStudioFailure>map(Kind.CLI_NOT_USABLE::failure).orElse(failure)
                : failure;
    }

    private Optional<String> obstacle() {
        Path folder = apiServerInfo.resolveSibling("");
        if (!Files.isDirectory(folder)) {
            return Optional.of(
                    "There is no folder %s, where LM Studio writes down its port and its key: start LM Studio once as the user of that home, mount the folder, or correct lmstudio-operator.lms.home"
                            .formatted(folder));
        }
        boolean isHidden =
                !Files.isExecutable(folder) || (Files.exists(apiServerInfo) && !Files.isReadable(apiServerInfo));
        return isHidden
                ? Optional.of(
                        "%s, which holds LM Studio's port, may not be read by this user: run the operator as the user who runs LM Studio"
                                .formatted(apiServerInfo))
                : Optional.empty();
    }
}
